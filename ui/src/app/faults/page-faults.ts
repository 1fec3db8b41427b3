import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** What whoever wrote the code below believed of the paytable: no game here has a bonus. */
interface WithBonus {
  readonly bonus: { readonly rounds: readonly unknown[] };
}

/**
 * Reads what is not there. Called without waiting for it, the browser reports a rejection that nobody handles: an issue
 * with this place in its stack.
 */
export async function bonusRounds(paytable: Promise<unknown>): Promise<number> {
  const { bonus } = (await paytable) as WithBonus;
  return bonus.rounds.length;
}

/** Reads it while it is drawn: Angular's error handler reports it, with the template in its stack. */
@Component({
  selector: 'rs-bonus-summary',
  template: `<p>{{ rounds() }}</p>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BonusSummary {
  readonly paytable = input<object>({});
  protected readonly rounds = computed(() => (this.paytable() as WithBonus).bonus.rounds.length);
}
