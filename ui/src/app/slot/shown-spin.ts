import { computed, linkedSignal, signal, untracked } from '@angular/core';

import { ApiProblem, NoAnswer, stakeWhereabouts } from '../core/api/api-problem';
import { Board } from '../core/api/parts';
import { RoundSummary, SpinResult, StakeStatus } from '../core/api/schema';
import { isEnd } from './unfinished-spins';

/** Where the reels are going to rest. */
export interface Target {
  stops: readonly number[];
  /** Shown at rest; it is the board of the reply, whatever the strips say. */
  board: Board;
}

/** What the machine shows of the spin that was begun last: its board, and its outcome or its trouble. */
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

  /** `firstTarget` is what the reels show before anything was spun, once the strips are known. */
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

  /** The spin that was left open on the screen has come to its end. */
  conclude(round: RoundSummary, balance: number): void {
    const trouble = this.trouble();
    const outcome = this.outcome();
    if (outcome) {
      if (outcome.round_id === round.round_id) this.outcome.set({ ...outcome, ...moneyOf(round) });
      return;
    }
    // A failure that says itself that the round was settled stays to be read; one that was in doubt is none.
    if (trouble instanceof ApiProblem && stakeWhereabouts(trouble) === 'paid') return;
    if (trouble === null) return;
    this.trouble.set(null);
    // A round that was never drawn, or whose board is lost, leaves the reels as they are.
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
