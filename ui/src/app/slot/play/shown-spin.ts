import { computed, linkedSignal, signal, untracked } from '@angular/core';

import { ApiProblem, NoAnswer, stakeWhereabouts } from '../../core/api/api-problem';
import { Board } from '../../core/api/parts';
import { RoundSummary, SpinResult, StakeStatus } from '../../core/api/schema';
import { isEnd } from './unfinished-spins';

/** The board on which the reels stop. */
export interface Target {
  stops: readonly number[];
  /** Shown at rest. It is the board of the reply, even if the strips differ. */
  board: Board;
}

/** What the machine shows of the last spin: its board, and its result or its error. */
export class ShownSpin {
  readonly outcome = signal<SpinResult | null>(null);
  readonly trouble = signal<unknown>(null);
  readonly stakeStatus = signal<StakeStatus>('unknown');
  readonly target = linkedSignal<boolean, Target>({
    source: () => this.areStripsKnown(),
    computation: () => untracked(() => this.firstTarget()),
  });

  readonly canAskAgain = computed(
    () => this.trouble() instanceof NoAnswer && !isEnd(this.stakeStatus()),
  );

  /** `firstTarget` returns the board before the first spin, once the strips are known. */
  constructor(
    private readonly areStripsKnown: () => boolean,
    private readonly firstTarget: () => Target,
  ) {}

  clear(): void {
    this.outcome.set(null);
    this.trouble.set(null);
  }

  fail(error: unknown, status: StakeStatus): void {
    this.trouble.set(error);
    this.stakeStatus.set(status);
  }

  /** Shows the result of a spin whose outcome was unknown. */
  conclude(round: RoundSummary, balance: number): void {
    const trouble = this.trouble();
    const outcome = this.outcome();
    if (outcome) {
      if (outcome.round_id === round.round_id) this.outcome.set({ ...outcome, ...moneyOf(round) });
      return;
    }
    // An error that itself reports a settled round stays on the screen; one with an unknown outcome is resolved now.
    if (trouble instanceof ApiProblem && stakeWhereabouts(trouble) === 'paid') return;
    if (trouble === null) return;
    this.trouble.set(null);
    // Without a board of the round the reels stay as they are.
    const { stops = this.target().stops, board = this.target().board } = round;
    this.target.set({ stops, board });
    this.outcome.set({
      ...round,
      ...moneyOf(round),
      balance,
      seed: round.seed ?? '',
      stops,
      board,
      wins: [],
      replayed: true,
    });
  }
}

function moneyOf({ status, payout = 0 }: RoundSummary): Pick<SpinResult, 'status' | 'payout'> {
  return { status, payout };
}
