import { computed, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Step } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { PresentationDouble } from '../../testing/presentation-double';
import { Performer } from '../presentation/performer';
import { PresentationStore } from '../presentation/presentation-store';
import { Projector } from '../presentation/projector';
import { readingMs } from './run-plan';
import { ScriptRun } from './script-run';
import { Spots } from '../presentation/spots';
import { buttonId, standingOf } from '../presentation/standing';

/** After the hands have left mouse and keyboard, and before the first line of the long step is said. */
const HANDS_OFF_MS = 1_600;
const LONG =
  'A line that is read for quite a while, so that somebody may come in the middle of it. '.repeat(
    2,
  );

const STEPS: readonly Step[] = [
  {
    id: 'one',
    title: 'One',
    minutes: 1,
    page: 'machine',
    say: [{ text: LONG }, { text: LONG }],
  },
  { id: 'two', title: 'Two', minutes: 1, say: [{ text: 'And this.' }] },
];

describe('a script that plays itself', () => {
  const performer = { open: vi.fn() };
  const projector = { perform: vi.fn(), rest: vi.fn(), light: vi.fn(), playsItself: signal(false) };
  const spots = { bring: vi.fn(), elementOf: vi.fn() };
  const path = signal('/');
  const address = { path, go: vi.fn((to: string) => path.set(to)) };
  let store: PresentationDouble;
  let run: ScriptRun;

  function play(steps: readonly Step[]): void {
    store = new PresentationDouble(steps);
    const standing = computed(() => standingOf(store.presentation()));
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: PresentationStore, useValue: Object.assign(store, { standing }) },
        { provide: Projector, useValue: projector },
        { provide: Performer, useValue: performer },
        { provide: Spots, useValue: spots },
        { provide: Address, useValue: address },
      ],
    });
    run = TestBed.inject(ScriptRun);
  }

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    address.go.mockImplementation((to: string) => path.set(to));
    performer.open.mockResolvedValue(undefined);
    projector.perform.mockResolvedValue('');
    spots.bring.mockReturnValue(null);
    spots.elementOf.mockReturnValue(document.body);
    path.set('/');
  });
  afterEach(async () => {
    run.end();
    await pass(1);
    vi.useRealTimers();
  });

  /** Lets time pass, with the effects of what happens in it. */
  async function pass(milliseconds: number): Promise<void> {
    for (let left = milliseconds; left > 0; left -= 100) {
      await vi.advanceTimersByTimeAsync(Math.min(left, 100));
      TestBed.tick();
    }
  }
  const touch = (): void => void dispatchEvent(new Event('keydown'));
  const line = (): string =>
    `${store.presentation().state.step} ${store.presentation().state.line}`;

  for (const speed of [1, 4] as const)
    it(`says each line for as long as it is read, ${speed} times as fast`, async () => {
      play(STEPS);
      void run.start('rehearsal', speed);
      await pass(readingMs(LONG) / speed - 300);
      expect([line(), run.speed(), projector.playsItself()]).toEqual(['one 0', speed, true]);
      await pass(600);
      expect(line()).toBe('one 1');
    });

  it('stands still while somebody works at it, and goes on where it stopped after a silence', async () => {
    play(STEPS);
    path.set('/map');
    void run.start('rehearsal', 1);
    await pass(HANDS_OFF_MS);
    touch();
    path.set('/issues');
    expect(run.held()).toBe(true);
    await pass(5_000);
    touch();
    await pass(7_500);
    expect([run.held(), line()]).toEqual([true, 'one 0']);
    await pass(1_000);
    expect([run.held(), path()]).toEqual([false, '/map']);
    // The line is read for the rest of its time.
    await pass(readingMs(LONG) - HANDS_OFF_MS);
    expect(line()).toBe('one 1');
  });

  it('goes on at once where it is told to, and takes no hand for a person that has just done so', async () => {
    play(STEPS);
    void run.start('rehearsal', 1);
    touch();
    expect(run.held()).toBe(false);
    await pass(HANDS_OFF_MS);
    touch();
    run.goOn();
    touch();
    expect([run.held(), run.kind()]).toEqual([false, 'rehearsal']);
  });

  it('ends a rehearsal with a list of its steps, and presses every button of them', async () => {
    play([
      {
        id: 'one',
        title: 'One',
        minutes: 1,
        say: [{ text: 'Look.', spot: 'result' }],
        actions: [
          { label: 'Spin', action: { spin: 1 } },
          { label: 'Compare', action: 'compare' },
        ],
        done_when: [{ spins: 2 }],
      },
      { id: 'two', title: 'Two', minutes: 1 },
    ]);
    store.become('one', { conditions: [{ fulfilled: false, measured: 1, wanted: 2 }] });
    projector.perform.mockResolvedValueOnce('').mockResolvedValueOnce('There is no pair yet.');
    spots.elementOf.mockReturnValue(null);
    void run.start('rehearsal', 8);
    await pass(60_000);
    expect(run.kind()).toBeNull();
    expect(projector.perform.mock.calls).toEqual([
      [{ spin: 1 }, buttonId('one', 0)],
      ['compare', buttonId('one', 1)],
    ]);
    expect(run.report()).toMatchObject([
      {
        id: 'one',
        fulfilled: false,
        remarks: [
          { what: 'refusal', button: 1, words: 'There is no pair yet.' },
          { what: 'spot', line: 0 },
          { what: 'condition', at: 0 },
        ],
      },
      { id: 'two', fulfilled: true, remarks: [] },
    ]);
    expect(store.status()).toBe('ended');
    expect(projector.playsItself()).toBe(false);
    run.closeReport();
    expect(run.report()).toBeNull();
  });

  it('does not take a row that is not there for shown, whatever has its mark', async () => {
    play([{ id: 'one', title: 'One', minutes: 1, say: [{ text: 'Look.', spot: 'culprit' }] }]);
    spots.bring.mockReturnValue(false);
    void run.start('rehearsal', 8);
    await pass(30_000);
    expect(run.report()?.[0]?.remarks).toEqual([{ what: 'spot', line: 0 }]);
  });

  it('plays a booth over and over, each time from the start of the demo, until it is ended', async () => {
    play(STEPS);
    const ended = run.start('booth', 8);
    await pass(20_000);
    expect(store.asked.filter((asked) => asked === 'restart').length).toBeGreaterThan(2);
    expect(store.asked).not.toContain('end');
    touch();
    await pass(29_000);
    expect(run.held()).toBe(true);
    await pass(1_500);
    expect(run.held()).toBe(false);
    run.end();
    await ended;
    expect([run.kind(), run.report(), projector.playsItself()]).toEqual([null, null, false]);
  });

  it('begins once the server lets it, and says why it does not yet', async () => {
    play(STEPS);
    store.refuses = true;
    void run.start('rehearsal', 1);
    await pass(6_500);
    expect(store.asked).toEqual(['restart', 'restart', 'restart']);
    expect(run.refusal()).not.toBe('');
    store.refuses = false;
    await pass(3_000);
    expect([line(), run.refusal()]).toEqual(['one 0', '']);
  });

  it('ends where the presentation is ended elsewhere, and begins once', async () => {
    play(STEPS);
    void run.start('rehearsal', 1);
    void run.start('booth', 8);
    await pass(1_000);
    expect([run.kind(), store.asked]).toEqual(['rehearsal', ['restart']]);
    await store.end();
    await pass(500);
    expect(run.kind()).toBeNull();
  });
});
