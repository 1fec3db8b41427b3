import { Injectable, Signal, computed, effect, inject, signal, untracked } from '@angular/core';

import {
  ApiProblem,
  Interrupted,
  NoAnswer,
  stakeStatusOf,
  stakeWhereabouts,
} from '../../core/api/api-problem';
import { Gateway } from '../../core/api/gateway';
import { pause } from '../../core/api/pause';
import { PaytableStore } from '../../core/api/paytable-store';
import { RoundsStore } from '../../core/api/rounds-store';
import { RoundStanding, RoundSummary, SpinResult, StakeStatus } from '../../core/api/schema';
import { Reading, Seat, Session } from '../../core/api/session';
import { ShownSpin, Target } from './shown-spin';
import {
  BegunSpin,
  RecentSpin,
  Repeat,
  SpinHistory,
  TimedSpin,
  isOpen,
  moneyResult,
} from './spin-history';
import { SpinTrace, SpinTraces } from './spin-trace';
import { nearest, stakeLadder, stepped } from './stake-ladder';
import { boardAt, sameBoard } from './strip-window';
import { UnfinishedSpin, UnfinishedSpins, isEnd } from './unfinished-spins';

export type Phase = 'idle' | 'spinning' | 'stopping';

/** A request for a spin. It belongs to this player until its end, including retries and renewed sessions. */
interface SpinRequest {
  key: string;
  seat: Seat;
  stake: number;
  /** The round whose seed the spin uses; null for a random one. */
  sameSeedAs: string | null;
}

const USUAL_STAKE = 1000;
/** Pauses before a request without a reply is repeated with the same key. */
const BACKOFF_MS = [400, 1200];
/** Limit of waiting for new strips, in milliseconds. The round is played, and its board is shown in any case. */
const STRIPS_PATIENCE_MS = 1_500;
/**
 * Limit of waiting for the reels, in milliseconds; they need about a second. If the page does not draw them (a hidden
 * window, a defect), the result is shown all the same, so that the machine never stays locked.
 */
const REST_PATIENCE_MS = 4_000;

/** The course of one spin: its request, its reply, and the board on which the reels stop. */
@Injectable({ providedIn: 'root' })
export class Play {
  private readonly gateway = inject(Gateway);
  private readonly session = inject(Session);
  private readonly paytable = inject(PaytableStore);
  private readonly roundsStore = inject(RoundsStore);
  private readonly traces = inject(SpinTraces);
  private readonly unfinished = inject(UnfinishedSpins);

  private readonly _phase = signal<Phase>('idle');
  private readonly _spins = signal(0);
  private readonly _asking = signal(false);
  private readonly _last = signal<BegunSpin | null>(null);
  private readonly _hurried = signal(false);
  private readonly _wishedStake = signal(USUAL_STAKE);
  private readonly history = new SpinHistory();
  private readonly shown = new ShownSpin(
    () => this.paytable.table() !== null,
    () => this.firstTarget(),
  );

  /** Key of the last spin that was begun or found unfinished; the texts above the stake are about it. */
  private current: string | null = null;
  /** The spin whose outcome is unknown; a retry uses its key. */
  private lost: SpinRequest | null = null;
  /** Resolve the promises of `atRest`. */
  private waiting: (() => void)[] = [];
  /** Ids of the listed rounds that are not settled yet. */
  private open: ReadonlySet<string> = new Set();
  /** Called when the reels rest, so that the balance does not reveal the result before. */
  private onRest: () => void = () => undefined;
  private restDeadline: ReturnType<typeof setTimeout> | undefined;

  readonly phase = this._phase.asReadonly();
  /**
   * Number of spins begun in this window. A spin that begins and is answered before the next change detection leaves
   * `phase` as it was, so those who follow the phase must follow this number too.
   */
  readonly spins = this._spins.asReadonly();
  /** The result of the last spin, from the moment its reels rest until the next spin. */
  readonly outcome: Signal<SpinResult | null> = this.shown.outcome;
  readonly trouble: Signal<unknown> = this.shown.trouble;
  /** Whether the last spin has failed, or its round was voided. */
  readonly hasFailed = computed(
    () => this.trouble() !== null || this.outcome()?.status === 'voided',
  );
  /** The position of the stake of a failed spin, by the last report of the payment-service. */
  readonly stakeStatus: Signal<StakeStatus> = this.shown.stakeStatus;
  /** Whether a request without a reply is being repeated. */
  readonly asking = this._asking.asReadonly();
  readonly recent: Signal<readonly RecentSpin[]> = this.history.recent;
  readonly last = this._last.asReadonly();
  /** The trace of the last spin; null before the first one, and if it is not recorded. */
  readonly traceId = computed(() => this._last()?.traceId ?? null);
  readonly repeats: Signal<readonly Repeat[]> = this.history.repeats;
  readonly target: Signal<Target> = this.shown.target;
  /** Whether the player has asked to see the board at once. */
  readonly hurried = this._hurried.asReadonly();
  readonly canAskAgain = this.shown.canAskAgain;

  readonly ladder = computed(() => {
    const player = this.session.player();
    const table = this.paytable.table();
    return player && table ? stakeLadder(table.stakes, player.limits) : [];
  });
  readonly stake = computed(() => nearest(this.ladder(), this._wishedStake()));

  constructor() {
    effect(() => {
      const rounds = this.roundsStore.rounds();
      untracked(() => this.follow(rounds));
    });
  }

  changeStake(direction: 1 | -1): void {
    if (this._phase() === 'idle') {
      this._wishedStake.set(stepped(this.ladder(), this.stake(), direction));
    }
  }

  /** Handles a press of SPIN: starts a spin, or speeds up the reels of a spin that is answered. */
  press(): void {
    if (this._phase() === 'idle') {
      this.begin(this.stake(), null);
    } else if (this._phase() === 'stopping') {
      this._hurried.set(true);
    }
  }

  askAgain(): void {
    const { lost } = this;
    if (this._phase() !== 'idle' || !lost || lost.seat !== this.session.seat) return;
    this.unfinished.unfollow(lost.key);
    void this.spin(lost);
  }

  /** Spins a round again: a new bet with the same stake and seed, and so the same board. */
  repeat({ round_id, stake }: Pick<RoundSummary, 'round_id' | 'stake'>): void {
    if (this._phase() === 'idle') this.begin(stake, round_id);
  }

  /** Resolves when no spin is running. */
  atRest(): Promise<void> {
    if (this._phase() === 'idle') return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  /** Follows the player's spins that were unfinished when a page was closed or the account was switched. */
  async resume(): Promise<void> {
    const { seat } = this.session;
    if (!seat) return;
    const begun = this._spins();
    await Promise.all(
      this.unfinished.of(seat.player.player_id).map((spin) => this.takeOver(seat, spin, begun)),
    );
  }

  /** Shows the spins of this window from before a reload of the page, unless a spin was begun since. */
  restore(recent: readonly RecentSpin[], repeats: readonly Repeat[]): void {
    if (this._spins() === 0) this._last.set(this.history.restore(recent, repeats));
  }

  /** Called when the window is shown again; amounts may have changed while it was hidden. */
  async lookAgain(): Promise<void> {
    if (!this.session.seat) return;
    this.unfinished.lookAgain();
    // The list of rounds would reveal the result of a running spin.
    await this.atRest();
    void this.session.refresh().catch(() => undefined);
    void this.roundsStore.refresh();
  }

  /** Called when the reels rest. */
  rest(): void {
    if (this._phase() !== 'stopping') return;
    clearTimeout(this.restDeadline);
    this._phase.set('idle');
    this.session.letGo();
    this.onRest();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Removes everything about the previous player. */
  clear(): void {
    this.shown.clear();
    this.history.clear();
    this._last.set(null);
    this.roundsStore.clear();
    this.unfinished.leave();
    this.current = null;
    this.lost = null;
  }

  /** Waits until no other page follows the spin; if that page has learned the outcome, nothing is left to do. */
  private async takeOver(seat: Seat, spin: UnfinishedSpin, begun: number): Promise<void> {
    if (!(await this.unfinished.takeOver(spin))) return;
    await this.atRest();
    if (seat !== this.session.seat) return;
    // A spin that was begun here meanwhile is newer and stays on the screen.
    const newest = this._spins() === begun;
    if (newest) {
      this.current = spin.key;
      this.shown.fail(new Interrupted(), 'unknown');
    }
    this.history.remember(
      {
        key: spin.key,
        begunAt: null,
        traceId: null,
        roundId: null,
        kind: 'unknown',
        change: 0,
        currency: this.session.currency(),
        roundTripMs: null,
        totalMs: null,
      },
      newest,
    );
    this.followToItsEnd(seat, spin);
  }

  private begin(stake: number, sameSeedAs: string | null): void {
    const { seat } = this.session;
    if (seat) void this.spin({ key: crypto.randomUUID(), seat, stake, sameSeedAs });
  }

  private async spin(request: SpinRequest): Promise<void> {
    const { key, seat, stake, sameSeedAs } = request;
    const kept = { key, playerId: seat.player.player_id, stake, at: Date.now() };
    this.unfinished.keep(kept);
    this.session.hold();
    this.current = key;
    this._spins.update((spins) => spins + 1);
    this._phase.set('spinning');
    this._hurried.set(false);
    this.shown.clear();
    const trace = this.traces.begin(stake, seat.player.currency);
    const begunAt = performance.now();
    this._last.set({ begunAt, traceId: trace.id, repeats: this.history.traceOf(sameSeedAs) });
    /** Sets what happens when the reels rest; called when the reply, or its failure, is known. */
    const whenRested = (then: (spin: TimedSpin) => void): void => {
      const elapsed = (): number => performance.now() - begunAt;
      const timed = { key, begunAt, traceId: trace.id, roundTripMs: elapsed() };
      this.onRest = () => {
        if (seat === this.session.seat) then({ ...timed, totalMs: elapsed() });
      };
    };
    try {
      const { reply, reading } = await this.requestSpin(request, trace);
      whenRested((spin) => {
        this.history.pair(reply.round_id, sameSeedAs, spin);
        this.session.takeBalance(seat, reply.balance, reading);
        this.showResult(reply, spin);
        if (isOpen(reply)) this.followToItsEnd(seat, kept);
      });
      trace.answered(reply);
      this.lost = null;
      if (!isOpen(reply)) this.unfinished.forget(key);
      await this.aim(reply);
    } catch (error) {
      const status = stakeWhereabouts(error);
      whenRested((spin) => {
        const roundId = error instanceof ApiProblem ? error.body.round_id : undefined;
        if (roundId !== undefined) this.history.pair(roundId, sameSeedAs, spin);
        this.showFailure(error, spin);
        if (!isEnd(status) || status === 'paid') this.followToItsEnd(seat, kept);
      });
      trace.failed(error);
      this.lost = error instanceof NoAnswer ? request : null;
      if (status === 'untouched' || status === 'returned') this.unfinished.forget(key);
    }
    this._asking.set(false);
    this._phase.set('stopping');
    this.restDeadline = setTimeout(() => this.rest(), REST_PATIENCE_MS);
  }

  /** Requests a spin. A request without a reply is repeated with the same key, which cannot make a second bet. */
  private async requestSpin(
    { key, seat, stake, sameSeedAs }: SpinRequest,
    trace: SpinTrace,
  ): Promise<{ reply: SpinResult; reading: Reading }> {
    for (let attempt = 0; ; attempt += 1) {
      const reading = this.session.ask();
      try {
        const reply = await seat.authorised((token) =>
          trace.during(() => this.gateway.spin(token, key, stake, sameSeedAs)),
        );
        this.session.answer(reading);
        return { reply, reading };
      } catch (error) {
        const milliseconds = BACKOFF_MS[attempt];
        if (!(error instanceof NoAnswer) || milliseconds === undefined) throw error;
        this._asking.set(true);
        await pause(milliseconds);
      }
    }
  }

  /**
   * Aims the reels at the board of the reply. If the strips do not contain this board, the engine has another paytable
   * (a new release): the strips are requested again. If they still differ, the board of the reply is shown.
   */
  private async aim({ stops, board }: SpinResult): Promise<void> {
    const shown = boardAt(this.paytable.strips(), stops, board[0]?.length ?? 0);
    if (!sameBoard(shown, board)) {
      const loaded = this.paytable.load().catch(() => undefined);
      await Promise.race([loaded, pause(STRIPS_PATIENCE_MS)]);
    }
    this.shown.target.set({ stops, board });
  }

  private showResult(reply: SpinResult, spin: TimedSpin): void {
    this.shown.outcome.set(reply);
    this.history.remember({
      ...spin,
      ...moneyResult(reply),
      roundId: reply.round_id,
      currency: reply.currency,
    });
    void this.roundsStore.refresh();
  }

  private showFailure(error: unknown, spin: TimedSpin): void {
    const status = stakeWhereabouts(error);
    this.shown.fail(error, status);
    this.history.remember({
      ...spin,
      kind: status,
      change: 0,
      roundId: error instanceof ApiProblem ? (error.body.round_id ?? null) : null,
      currency: this.session.currency(),
    });
    // The gateway knows the balance and the rounds; the page does not guess them.
    void this.session.refresh().catch(() => undefined);
    void this.roundsStore.refresh();
  }

  private followToItsEnd(seat: Seat, spin: UnfinishedSpin): void {
    this.unfinished.follow(seat, spin, (standing, reading, roundId) => {
      if (seat !== this.session.seat) return;
      this.session.takeBalance(seat, standing.balance, reading);
      this.applyReport(spin.key, roundId, standing);
    });
  }

  /** Applies a report of the payment-service about a spin. */
  private applyReport(key: string, roundId: string, { round, ...standing }: RoundStanding): void {
    const status = stakeStatusOf(standing.stake_status);
    this.history.change(key, { roundId, ...(round ? moneyResult(round) : { kind: status }) });
    // While the reels run, the pending reply will contain this.
    if (key !== this.current || this._phase() !== 'idle') return;
    this.shown.stakeStatus.set(status);
    if (!isEnd(status)) return;
    if (round) this.conclude(round);
    else this.lost = null;
    void this.roundsStore.refresh();
  }

  private conclude(round: RoundSummary): void {
    this.lost = null;
    this.shown.conclude(round, this.session.player()?.balance ?? 0);
  }

  /** The list of rounds may show a settlement before the spin itself is requested again. */
  private follow(rounds: readonly RoundSummary[]): void {
    const settled = new Map(
      rounds.filter((round) => !isOpen(round)).map((round) => [round.round_id, round] as const),
    );
    const doubtful = this.recent().filter(
      ({ kind, roundId }) =>
        kind !== 'won' && kind !== 'lost' && !isEnd(kind) && settled.has(roundId ?? ''),
    );
    for (const { key, roundId } of doubtful) {
      const round = settled.get(roundId ?? '');
      if (!round) continue;
      this.unfinished.forget(key);
      this.history.change(key, moneyResult(round));
      if (key !== this.current || this._phase() !== 'idle') continue;
      this.shown.stakeStatus.set(round.status === 'voided' ? 'returned' : 'paid');
      this.conclude(round);
    }
    // A settlement has changed the balance, wherever it was learned from.
    const closed = rounds.some(({ round_id }) => this.open.has(round_id) && settled.has(round_id));
    this.open = new Set(rounds.filter(isOpen).map(({ round_id }) => round_id));
    if (closed || doubtful.length > 0) void this.session.refresh().catch(() => undefined);
  }

  /** The board of the last round, or stop 0 on every reel. */
  private firstTarget(): Target {
    const strips = this.paytable.strips();
    const last = this.roundsStore.rounds().find(({ stops, board }) => stops && board);
    if (last?.stops && last.board) return { stops: last.stops, board: last.board };
    const stops = strips.map(() => 0);
    return { stops, board: boardAt(strips, stops, this.paytable.table()?.rows ?? 3) };
  }
}
