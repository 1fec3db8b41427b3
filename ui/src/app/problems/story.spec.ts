import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { micros } from '../core/api/micros';
import { RoundsStore } from '../core/api/rounds-store';
import { Address } from '../core/ui/address';
import { comparePath, tracePath } from '../core/ui/trace-place';
import { FaultStore } from '../faults/fault-store';
import { FollowedSpin } from '../slot/spin-path/followed-spin';
import { Play } from '../slot/play/play';
import { SpinLog } from '../spin-log/spin-log';
import { Story } from './story';

describe('the story', () => {
  const problem = (id: string, service: string) => ({
    id,
    service,
    state: 'on',
    switched_ms_ago: 900,
    ends_in_ms: null,
    observed: { count: 1, trace_id: 'a', at: 1, ms: 100 },
  });
  const board = signal({
    answeredAt: 1_000,
    problems: [
      problem('missing-index', 'user-service'),
      problem('slow-provider', 'payment-service'),
    ],
  });
  const recent = signal<object[]>([]);
  const repeats = signal<object[]>([]);
  const play = { recent, repeats, phase: signal('idle'), traceId: signal(null), repeat: vi.fn() };
  const newest = signal<object | null>(null);
  const layout = signal<object | null>(null);
  const summary = signal<object | null>(null);
  let story: Story;

  beforeEach(() => {
    sessionStorage.clear();
    recent.set([]);
    newest.set(null);
    layout.set(null);
    summary.set({ problems: ['missing-index', 'slow-provider'] });
    TestBed.configureTestingModule({
      providers: [
        { provide: Play, useValue: play },
        { provide: RoundsStore, useValue: { rounds: signal([]) } },
        { provide: FaultStore, useValue: { board } },
        { provide: FollowedSpin, useValue: { layout, summary } },
        { provide: SpinLog, useValue: { newest, follow: vi.fn() } },
      ],
    });
    story = TestBed.inject(Story);
  });

  it('goes from the spin to its trace, and then to what took most of it', () => {
    expect(story.step()).toEqual({ what: 'spin' });
    recent.set([{ roundId: 'r', begunAt: 500, traceId: 't' }]);
    layout.set({
      shares: [
        { actor: 'user-service', share: 0.2 },
        { actor: 'payment-provider', share: 0.7 },
      ],
    });
    expect(story.step()).toEqual({ what: 'look', traceId: 't' });
    expect([...story.shares()]).toEqual([
      ['missing-index', 0.2],
      ['slow-provider', 0.7],
    ]);
    // A spin from before a problem was on says nothing about it.
    summary.set({ problems: ['missing-index'] });
    expect([...story.shares()]).toEqual([['missing-index', 0.2]]);
    summary.set({ problems: ['missing-index', 'slow-provider'] });
    TestBed.inject(Address).go(tracePath('t'));
    TestBed.tick();
    expect(story.step()).toEqual({ what: 'fix', id: 'slow-provider' });
  });

  it('asks to compare a round that was spun twice, until somebody has', () => {
    recent.set([{ roundId: 's', begunAt: 600, traceId: 'u' }]);
    repeats.set([{ before: 't', after: 'u', begunAt: 600 }]);
    expect(story.step()).toMatchObject({ what: 'compare', before: 't', after: 'u' });
    TestBed.inject(Address).go(comparePath('t', 'u'));
    TestBed.tick();
    expect(story.step()).toMatchObject({ what: 'fix' });
    repeats.set([]);
  });

  it('knows the newest spin after the page was reloaded', () => {
    newest.set({ traceId: 'old', start: micros((performance.timeOrigin + 200) * 1_000) });
    expect(story.traceId()).toBe('old');
    expect(story.step()).toEqual({ what: 'look', traceId: 'old' });
  });
});
