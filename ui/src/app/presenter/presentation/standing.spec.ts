import { Presentation, Step, StepState } from '../../core/api/schema';
import { found } from './question-list';
import { seenAt } from './seen';
import { buttonId, moveOf, nextButton, standingOf } from './standing';

const STEPS: readonly Step[] = [
  { id: 'spins', title: 'Spins', minutes: 1, say: [{ text: 'one' }, { text: 'two' }] },
  {
    id: 'trace',
    title: 'Trace',
    minutes: 1,
    actions: [
      { label: 'Open', action: 'open_newest_trace' },
      { label: 'Look', action: 'open_culprit' },
    ],
  },
];

function presentation(step: string, line: number, done = false): Presentation {
  const steps = STEPS.map(({ id }): StepState => ({
    id,
    planned_ms: 60_000,
    elapsed_ms: 0,
    done,
    conditions: [],
    claims: [],
    fixes: [],
  }));
  return {
    script: { title: 'Script', language: 'en', steps: STEPS },
    state: {
      revision: 1,
      status: 'under_way',
      own_script: false,
      step,
      line,
      planned_ms: 120_000,
      elapsed_ms: 0,
      steps,
      questions: [],
    },
  };
}

const at = (step: string, line: number, done = false) =>
  standingOf(presentation(step, line, done)) ?? expect.fail();

describe('where a presentation stands', () => {
  it('has the present line, or none where nothing is said', () => {
    expect(at('spins', 1).line?.text).toBe('two');
    // A changed script may have fewer lines.
    expect(at('spins', 7).line?.text).toBe('two');
    expect(at('trace', 0).line).toBeNull();
    expect(at('spins', 0).next?.id).toBe('trace');
    expect(standingOf(presentation('gone', 0))).toBeNull();
  });

  it('moves by lines, and beyond them by steps', () => {
    expect(moveOf(at('spins', 0), 1)).toEqual({ to: 'line', step: 'spins', line: 1 });
    expect(moveOf(at('spins', 1), 1)).toEqual({ to: 'next' });
    expect(moveOf(at('spins', 1), -1)).toEqual({ to: 'line', step: 'spins', line: 0 });
    expect(moveOf(at('spins', 0), -1)).toEqual({ to: 'back' });
    expect(moveOf(at('trace', 0), 1)).toEqual({ to: 'next' });
  });

  it('suggests the first button that was not pressed, until the step is done', () => {
    expect(nextButton(at('trace', 0), new Set())).toBe(0);
    expect(nextButton(at('trace', 0), new Set([buttonId('trace', 0)]))).toBe(1);
    expect(nextButton(at('trace', 0, true), new Set())).toBe(-1);
    expect(nextButton(at('spins', 0), new Set())).toBe(-1);
  });
});

describe('what is seen at an address', () => {
  const [before, after] = ['a'.repeat(32), 'b'.repeat(32)];
  it('is a page, and what it is about', () => {
    expect(seenAt('/')).toEqual([{ page: 'machine' }]);
    expect(seenAt('/traces')).toEqual([{ page: 'traces' }]);
    expect(seenAt(`/traces/${before}`)).toEqual([{ page: 'trace' }, { trace: before }]);
    expect(seenAt(`/traces/${before}/with/${after}`)).toEqual([
      { page: 'compare' },
      { compared: { before, after } },
    ]);
    expect(seenAt('/issues/7')).toEqual([{ page: 'issue' }, { issue: '7' }]);
    expect(seenAt('/business')).toEqual([{ page: 'impact' }]);
    expect(seenAt('/business/releases')).toEqual([{ page: 'releases' }]);
  });
});

describe('the search for a question', () => {
  const ask = (id: string, question: string, answer: string) => ({
    id,
    question,
    answer,
    source: '',
  });
  const all = [
    ask('cost', 'What does it cost?', 'One per cent of CPU.'),
    ask('cpu', 'Which CPU is needed?', 'Any.'),
  ];
  it('needs every word, and prefers the question to the answer', () => {
    const ids = (typed: string) => found(all, typed).map(({ id }) => id);
    expect(ids('')).toEqual(['cost', 'cpu']);
    expect(ids('cpu')).toEqual(['cpu', 'cost']);
    expect(ids('CENT cost')).toEqual(['cost']);
    expect(ids('telegram')).toEqual([]);
  });
});
