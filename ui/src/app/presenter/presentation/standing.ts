import { Line, Presentation, Step, StepState } from '../../core/api/schema';

/** Where a presentation stands, in the words of its script. */
export interface Standing {
  readonly step: Step;
  readonly state: StepState;
  /** Place of the step, from 0. */
  readonly at: number;
  readonly of: number;
  /** The present line of what is said; null for a step that says nothing. */
  readonly line: Line | null;
  /** Index of the present line. */
  readonly lineAt: number;
  readonly next: Step | null;
}

/** Null for a script without the step, as between the two replies while the script is changed. */
export function standingOf({ script, state }: Presentation): Standing | null {
  const at = script.steps.findIndex(({ id }) => id === state.step);
  const [step, stepState] = [script.steps[at], state.steps[at]];
  if (!step || !stepState) return null;
  const say = step.say ?? [];
  const lineAt = Math.min(state.line, Math.max(say.length - 1, 0));
  return {
    step,
    state: stepState,
    at,
    of: script.steps.length,
    line: say[lineAt] ?? null,
    lineAt,
    next: script.steps[at + 1] ?? null,
  };
}

/** What a key of a remote leads to: a line of the present step, or another step. */
export type Move =
  | { readonly to: 'line'; readonly step: string; readonly line: number }
  | { readonly to: 'next' | 'back' };

export function moveOf({ step, lineAt }: Standing, direction: 1 | -1): Move {
  const line = lineAt + direction;
  if (line >= 0 && line < (step.say ?? []).length) return { to: 'line', step: step.id, line };
  return { to: direction === 1 ? 'next' : 'back' };
}

/** Index of the button that is pressed next; -1 if all were pressed. */
export function nextButton({ step, state }: Standing, pressed: ReadonlySet<string>): number {
  if (state.done) return -1;
  return (step.actions ?? []).findIndex((_, at) => !pressed.has(buttonId(step.id, at)));
}

/** Names a button of the script. */
export function buttonId(step: string, at: number): string {
  return `${step} ${at}`;
}
