import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { Address } from '../../core/ui/address';
import { OpenTrace } from '../../core/ui/open-trace';
import { Tabs } from '../../core/ui/panel-tabs';
import { FaultStore } from '../../faults/fault-store';
import { OverheadStore } from '../../overhead/overhead-store';
import { Story } from '../../problems/story';
import { Play } from '../../slot/play/play';
import { NothingThere, Performer } from './performer';
import { Questions } from './questions';

describe('the actions of a script', () => {
  const gateway = { traces: vi.fn(), issues: vi.fn(), traffic: vi.fn(), setTraffic: vi.fn() };
  const path = signal('/');
  const address = { path, go: vi.fn() };
  const play = {
    atRest: vi.fn(),
    press: vi.fn(),
    spins: signal(0),
    repeats: signal<unknown[]>([]),
  };
  const story = { traceId: signal<string | null>(null), repeat: vi.fn() };
  const faults = {
    board: signal<unknown>(null),
    refusal: signal<{ error: unknown } | null>(null),
    load: vi.fn(),
    bring: vi.fn(),
    breakFor: vi.fn(),
    fire: vi.fn(),
    choose: vi.fn(),
    startOfDemo: vi.fn(),
  };
  const overhead = { measure: vi.fn(), error: signal<unknown>(null) };
  const questions = { open: vi.fn(), close: vi.fn() };
  let performer: Performer;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    address.go.mockImplementation((to: string) => path.set(to));
    play.atRest.mockResolvedValue(undefined);
    for (const change of [faults.bring, faults.breakFor, faults.fire, faults.choose])
      change.mockResolvedValue(undefined);
    path.set('/map');
    play.spins.set(0);
    play.repeats.set([]);
    story.traceId.set(null);
    faults.refusal.set(null);
    faults.board.set(null);
    overhead.error.set(null);
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: Play, useValue: play },
        { provide: Story, useValue: story },
        { provide: FaultStore, useValue: faults },
        { provide: OverheadStore, useValue: overhead },
        { provide: Questions, useValue: questions },
      ],
    });
    performer = TestBed.inject(Performer);
  });
  afterEach(() => vi.useRealTimers());

  const nothing = async (of: string, done: Promise<void>): Promise<void> => {
    const error = await done.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NothingThere);
    expect(error).toMatchObject({ of });
  };

  it('spin one after another on the page of the machine, each once the reels are at rest', async () => {
    const order: string[] = [];
    play.press.mockImplementation(() => order.push('press'));
    play.atRest.mockImplementation(() => Promise.resolve(order.push('rest')));
    await performer.perform({ spin: 2 });
    expect(order).toEqual(['rest', 'press', 'rest', 'rest', 'press', 'rest']);
    expect(path()).toBe('/');
    expect(TestBed.inject(Tabs).shown()).toBe('problems');
  });

  it('repeat the last round, and say where there is none', async () => {
    await nothing('round', performer.perform('same_round'));
    story.repeat.mockImplementation(() => play.spins.update((spins) => spins + 1));
    await performer.perform('same_round');
    expect(play.atRest).toHaveBeenCalledTimes(3);
  });

  it('open the page of a step once, and close the questions that hide it', async () => {
    await performer.open('map');
    expect(address.go).not.toHaveBeenCalled();
    expect(questions.close).toHaveBeenCalledTimes(1);
    await performer.open('questions');
    expect(questions.open).toHaveBeenCalledTimes(1);
    await performer.open('releases');
    expect(path()).toBe('/business/releases');
  });

  it('open the newest trace of a person: that of the story, or what the collector knows', async () => {
    gateway.traces.mockResolvedValue({ traces: [] });
    await nothing('trace', performer.perform('open_newest_trace'));
    gateway.traces.mockResolvedValue({ traces: [{ trace_id: 'known' }] });
    await performer.perform('open_newest_trace');
    expect(path()).toBe('/traces/known');
    expect(gateway.traces).toHaveBeenLastCalledWith(
      expect.objectContaining({ virtual_player: false }),
    );
    story.traceId.set('own');
    await performer.perform('open_newest_trace');
    expect(path()).toBe('/traces/own');
  });

  it('open the trace that shows a problem: the observed one, or else the newest with it', async () => {
    gateway.traces.mockResolvedValue({
      traces: [
        { trace_id: 'other', problems: ['slow-rng'], faults: [] },
        { trace_id: 'found', problems: [], faults: ['provider-down'] },
      ],
    });
    await performer.perform({ open_trace_of: 'provider-down' });
    expect(path()).toBe('/traces/found');
    faults.board.set({ faults: [{ id: 'slow-rng', observed: { trace_id: 'observed' } }] });
    await performer.perform({ open_trace_of: 'slow-rng' });
    expect(path()).toBe('/traces/observed');
    await nothing('trace', performer.perform({ open_trace_of: 'missing-index' }));
  });

  it('select the culprit in the open trace once its rows are drawn, and give up without them', async () => {
    path.set('/traces/a');
    const done = performer.perform('open_culprit');
    const culprit = vi.fn(() => true);
    await vi.advanceTimersByTimeAsync(1_000);
    TestBed.inject(OpenTrace).rows.set({ culprit, row: () => false });
    TestBed.tick();
    await done;
    expect(culprit).toHaveBeenCalledTimes(1);
    TestBed.inject(OpenTrace).rows.set(null);
    const given = nothing('trace', performer.perform('open_culprit'));
    TestBed.tick();
    await vi.advanceTimersByTimeAsync(5_000);
    await given;
  });

  it('compare the last round that was repeated', async () => {
    await nothing('comparison', performer.perform('compare'));
    play.repeats.set([{ before: 'a', after: 'b' }]);
    await performer.perform('compare');
    expect(path()).toBe('/traces/a/with/b');
  });

  it('open the issue that happened last', async () => {
    gateway.issues.mockResolvedValue({ issues: [] });
    await nothing('issue', performer.perform('open_newest_issue'));
    gateway.issues.mockResolvedValue({ issues: [{ issue_id: 'x' }] });
    await performer.perform('open_newest_issue');
    expect(path()).toBe('/issues/x');
  });

  it('switch what they name, and reject with what the server says against it', async () => {
    await performer.perform({ fix: 'slow-rng' });
    await performer.perform({ bring_back: 'slow-rng' });
    await performer.perform({ break: { fault: 'provider-spike', seconds: 60 } });
    await performer.perform({ release: '1.1.0' });
    expect(faults.bring.mock.calls).toEqual([
      ['slow-rng', 'fixed'],
      ['slow-rng', 'on'],
    ]);
    expect(faults.breakFor.mock.calls).toEqual([['provider-spike', 60]]);
    expect(faults.choose.mock.calls).toEqual([['1.1.0']]);
    const refused = new Error('not now');
    faults.refusal.set({ error: refused });
    await expect(performer.perform('start_of_demo')).rejects.toBe(refused);
  });

  it('let virtual players spin as many as there are', async () => {
    gateway.traffic.mockResolvedValue({ players: 7, budget_percent: 30, running: false });
    await performer.perform({ traffic: true });
    expect(gateway.setTraffic).toHaveBeenCalledWith({
      running: true,
      players: 7,
      budget_percent: 30,
    });
  });

  it('measure what telemetry costs beside the figures, and reject where it could not be', async () => {
    const failed = new Error('busy');
    overhead.error.set(failed);
    const done = expect(performer.perform('measure_overhead')).rejects.toBe(failed);
    await vi.advanceTimersByTimeAsync(6_000);
    await done;
    expect(overhead.measure).toHaveBeenCalledWith(1);
    expect(path()).toBe('/settings');
  });
});
