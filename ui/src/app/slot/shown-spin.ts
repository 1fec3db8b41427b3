import { Signal, computed, linkedSignal, signal, untracked } from '@angular/core';

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
  private readonly _outcome = signal<SpinResult | null>(null);
  private readonly _trouble = signal<unknown>(null);
  private readonly _stakeStatus = signal<StakeStatus>('unknown');
  private readonly _target = linkedSignal<boolean, Target>({
    source: () => this.isStripKnown(),
    computation: () => untracked(() => this.firstTarget()),
  });

  readonly outcome = this._outcome.asReadonly();
  readonly trouble = this._trouble.asReadonly();
  readonly stakeStatus = this._stakeStatus.asReadonly();
  readonly target = this._target.asReadonly();
  readonly canAskAgain = computed(
    () => this._trouble() instanceof NoAnswer && !isEnd(this._stakeStatus()),
  );

  /** `firstTarget` is what the reels show before anything was spun, once the strips are known. */
  constructor(
    private readonly isStripKnown: Signal<boolean>,
    private readonly firstTarget: () => Target,
  ) {}

  clear(): void {
    this._outcome.set(null);
    this._trouble.set(null);
  }

  aim(target: Target): void {
    this._target.set(target);
  }

  succeed(reply: SpinResult): void {
    this._outcome.set(reply);
  }

  fail(error: unknown, status: StakeStatus): void {
    this._trouble.set(error);
    this._stakeStatus.set(status);
  }

  standsAt(status: StakeStatus): void {
    this._stakeStatus.set(status);
  }

  /** The spin that was left open on the screen has come to its end. */
  conclude(round: RoundSummary, balance: number): void {
    const trouble = this._trouble();
    const outcome = this._outcome();
    if (outcome) {
      if (outcome.round_id === round.round_id) this._outcome.set({ ...outcome, ...moneyOf(round) });
      return;
    }
    // A failure that says itself that the round was settled stays to be read; one that was in doubt is none.
    if (trouble instanceof ApiProblem && stakeWhereabouts(trouble) === 'paid') return;
    if (trouble === null) return;
    this._trouble.set(null);
    // A round that was never drawn, or whose board is lost, leaves the reels as they are.
    const { stops = this._target().stops, board = this._target().board } = round;
    this._target.set({ stops, board });
    this._outcome.set({
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
