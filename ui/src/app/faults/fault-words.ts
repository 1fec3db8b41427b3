import { FaultState, FaultView } from '../core/api/schema';
import { Key } from '../core/i18n/language';

/** The state that the one button of a switch leads to. */
export function nextState({ fixable, state }: Pick<FaultView, 'fixable' | 'state'>): FaultState {
  if (state !== 'on') return 'on';
  return fixable ? 'fixed' : 'off';
}

export function buttonKey(fault: Pick<FaultView, 'how' | 'fixable' | 'state'>): Key {
  if (fault.how === 'fire') return 'faults.fire';
  if (fault.state === 'fixed') return 'problems.back';
  const next = nextState(fault);
  return next === 'fixed' ? 'faults.fix' : `faults.${next}`;
}
