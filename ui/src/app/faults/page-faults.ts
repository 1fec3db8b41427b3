import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** A wrong assumption about the paytable, which has no bonus. */
interface WithBonus {
  readonly bonus: { readonly rounds: readonly unknown[] };
}

/**
 * Fails on a missing member. The caller does not await the result, so that the browser reports an unhandled rejection,
 * which becomes an issue with this function in its stack.
 */
export async function bonusRounds(paytable: Promise<unknown>): Promise<number> {
  const { bonus } = (await paytable) as WithBonus;
  return bonus.rounds.length;
}

/**
 * Fails on a missing member while it is drawn, so that Angular's error handler reports it, with the template in the
 * stack.
 */
@Component({
  selector: 'rs-bonus-summary',
  template: `<p>{{ rounds() }}</p>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BonusSummary {
  readonly paytable = input<object>({});
  protected readonly rounds = computed(() => (this.paytable() as WithBonus).bonus.rounds.length);
}
