import { PROBLEM_IDS, ProblemView } from '../core/api/parts';
import { FaultBoard, ReleaseView } from '../core/api/schema';
import { isKey } from '../core/i18n/language';
import {
  actionKey,
  curedIn,
  firstOf,
  hurtingIn,
  isAsReleased,
  lookKey,
  onDial,
  shareOf,
  withinSentence,
} from './problem-words';

function problem(over: Partial<ProblemView>): ProblemView {
  return {
    id: 'missing-index',
    service: 'user-service',
    group: 'story',
    how: 'switch',
    fixable: true,
    fired: 0,
    state: 'on',
    switching: null,
    ends_in_ms: null,
    switched_at: 0,
    switched_ms_ago: 0,
    observed: null,
    ...over,
  };
}

describe('the words of a problem', () => {
  it('are there for every problem in every state', () => {
    for (const id of PROBLEM_IDS)
      for (const state of ['on', 'fixed', 'off'] as const)
        expect(
          [lookKey({ id, state }), actionKey({ id, state })].filter((key) => !isKey(key)),
        ).toEqual([]);
  });

  it('ask to fix what hurts, and to bring back what does not', () => {
    const of = (state: ProblemView['state']): string => actionKey({ id: 'slow-rng', state });
    expect([of('on'), of('fixed'), of('off')]).toEqual([
      'problems.fix.slow-rng',
      'problems.back',
      'problems.bring',
    ]);
  });
});

describe('how far a switch is', () => {
  const check = (done: number, total: number, expected: number | null): void =>
    expect(shareOf({ switching: { to: 'on', done, total } })).toBe(expected);

  it('is a part of the whole, where the whole is known', () => {
    check(25, 100, 0.25);
    check(120, 100, 1);
    check(0, 0, null);
    expect(shareOf({ switching: null })).toBeNull();
  });
});

describe('a release of the dial', () => {
  const board: FaultBoard = {
    release: '1.1.0',
    releases: [
      { version: '1.2.0', faults: [] },
      { version: '1.0.0', faults: [...PROBLEM_IDS] },
      { version: '1.3.0', faults: ['payment-errors', 'rtp-anomaly'] },
    ],
    faults: [],
    armed_failures: 0,
    ready: true,
  };

  it('has all problems, none or some', () => {
    expect(board.releases.map((release) => hurtingIn(release, 4))).toEqual([
      { kind: 'none', wrongPaytable: false },
      { kind: 'all', wrongPaytable: false },
      { kind: 'some', wrongPaytable: true },
    ]);
  });

  it('is not one that only the environment knows', () => {
    expect(onDial(board, '1.3.0')?.version).toBe('1.3.0');
    expect(onDial(board, 'acme-7')).toBeNull();
  });

  it('is as it was released until a problem is switched by itself', () => {
    const problems = [problem({ state: 'fixed' }), problem({ id: 'payment-errors' })];
    expect(board.releases.map((release) => isAsReleased(problems, release))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('starts the demo where it has most problems', () => {
    expect(firstOf(board)).toBe('1.0.0');
    expect(firstOf({ releases: [] })).toBe('');
  });
});

describe('a name within a sentence', () => {
  const check = (name: string, language: string, expected: string): void =>
    expect(withinSentence(name, language)).toBe(expected);

  it('begins with a small letter, and its abbreviations keep their capitals', () => {
    check('Inefficient RNG', 'en', 'inefficient RNG');
    check('Неэффективный RNG', 'ru', 'неэффективный RNG');
    check('RTP too high', 'en', 'RTP too high');
    check('N+1', 'en', 'N+1');
    check('Zahlungsfehler', 'de', 'Zahlungsfehler');
    check('', 'en', '');
  });
});

describe('the release in which all is mended', () => {
  const check = (expected: string, ...releases: ReleaseView[]): void =>
    expect(curedIn({ releases })).toBe(expected);

  it('has no problem and the right paytable', () => {
    check(
      'c',
      { version: 'a', faults: ['slow-rng'] },
      { version: 'b', faults: ['rtp-anomaly'] },
      { version: 'c', faults: [] },
    );
    check('');
  });
});
