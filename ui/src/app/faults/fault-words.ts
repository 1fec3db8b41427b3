import { FaultView, ProblemState } from '../core/api/schema';
import { Key, isKey } from '../core/i18n/language';

/** The state that the one button of a switch leads to. */
export function nextState({ fixable, state }: Pick<FaultView, 'fixable' | 'state'>): ProblemState {
  if (state !== 'on') return 'on';
  return fixable ? 'fixed' : 'off';
}

export function buttonKey(fault: Pick<FaultView, 'kind' | 'fixable' | 'state'>): Key {
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
