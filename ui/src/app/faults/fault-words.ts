import { Key, isKey } from '../core/language';
import { FaultView, ProblemState } from '../core/problems-wire';

/** Faults that our code has a way to cope with; the others are there or not. */
const WITH_FIX: readonly string[] = ['n-plus-one', 'slow-report'];

/** The state that the one button of a switch leads to. */
export function nextState({ id, state }: Pick<FaultView, 'id' | 'state'>): ProblemState {
  if (state !== 'on') return 'on';
  return WITH_FIX.includes(id) ? 'fixed' : 'off';
}

export function buttonKey(fault: Pick<FaultView, 'id' | 'kind' | 'state'>): Key {
  if (fault.kind === 'fire') return 'faults.fire';
  if (fault.state === 'fixed') return 'problems.back';
  const next = nextState(fault);
  return next === 'fixed' ? 'faults.fix' : `faults.${next}`;
}

/** Null for a fault of a newer gateway, which this page has no words for. */
export function keyOf(what: 'name' | 'what', id: string): Key | null {
  const key = `faults.${what}.${id}`;
  return isKey(key) ? key : null;
}
