import { Injectable, computed, inject, signal } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { Health } from '../core/api/health';
import { PaytableStore } from '../core/api/paytable-store';
import { ExtraView, ProblemId, ProblemView, isExtra, isProblem } from '../core/api/parts';
import { FaultBoard, FaultId, FaultState } from '../core/api/schema';

import { followSettings } from '../core/telemetry/reporting';
import { nextState } from './fault-words';

/** Evidence and progress change while nobody does anything; a second is soon enough for the eye. */
const LOOK_MS = 1_000;

/** What was asked for: one fault, a payment that fails on cue, or what concerns all of them. */
export type Steered = FaultId | 'fire' | 'reset' | 'release';

/** How the faults stand, and when that was told, by the page's own clock (`performance.now()`). */
export interface Board extends FaultBoard {
  readonly problems: readonly ProblemView[];
  readonly extras: readonly ExtraView[];
  readonly answeredAt: number;
}

/** How the faults stand, and the switches. */
@Injectable({ providedIn: 'root' })
export class FaultStore {
  private readonly gateway = inject(Gateway);
  private readonly health = inject(Health);
  private readonly paytable = inject(PaytableStore);

  private readonly followed = new Followed(() => answered(this.gateway.faults()), {
    everyMs: LOOK_MS,
    seen: (board) => this.noteEvidence(board),
  });
  private readonly _busy = signal<ReadonlySet<Steered>>(new Set());
  private readonly _refusal = signal<{ of: Steered; error: unknown } | null>(null);
  private readonly _changed = signal<{ id: ProblemId; state: FaultState } | null>(null);
  private readonly _wished = signal<string | null>(null);
  private readonly _took = signal<ReadonlyMap<ProblemId, number>>(new Map());

  readonly board = this.followed.value;
  /** The last look was not answered. */
  readonly failed = computed(() => this.followed.error() !== null);
  /** What was asked for and is not answered yet. */
  readonly busy = this._busy.asReadonly();
  /** Why the last thing that was asked for was not done. */
  readonly refusal = this._refusal.asReadonly();
  /** The last switch of this window that was done. */
  readonly changed = this._changed.asReadonly();
  /** Milliseconds of the span that showed a problem last: after its fix there is no evidence any more. */
  readonly took = this._took.asReadonly();
  /** The release that is chosen: it shows at once, before everything is switched. */
  readonly release = computed(() => this._wished() ?? this.board()?.release ?? null);

  /** Looks each second from now on; the answer ends it. */
  watch(): () => void {
    return this.followed.watch();
  }

  load(): Promise<void> {
    return this.followed.load();
  }

  /** What the button of a fault does: switches it, or lets it happen. */
  async toggle(id: FaultId): Promise<void> {
    if (!this.board()) await this.load();
    const fault = this.board()?.faults.find((each) => each.id === id);
    if (!fault || fault.switching || this._busy().has(id)) return;
    if (fault.how === 'fire') {
      await this.steer(id, () => this.gateway.fireFault(id));
      return;
    }
    const state = nextState(fault);
    const done = await this.steer(id, () => this.gateway.switchFault(id, state));
    if (done && isProblem(fault)) this._changed.set({ id: fault.id, state });
  }

  async failNextPayment(): Promise<void> {
    await this.steer('fire', () => this.gateway.fireFault('payment-errors'));
  }

  async startOfDemo(): Promise<void> {
    if (await this.steer('reset', () => this.gateway.startOfDemo())) this._took.set(new Map());
  }

  /** Whoever walks along the dial chooses faster than releases are switched: the last choice counts. */
  async choose(version: string): Promise<void> {
    this._wished.set(version);
    if (this._busy().has('release')) return;
    let tried: string | null = null;
    for (;;) {
      const wished = this._wished();
      if (wished === null || wished === tried) break;
      tried = wished;
      await this.steer('release', () => this.gateway.chooseRelease(wished));
    }
    this._wished.set(null);
  }

  private noteEvidence({ problems }: Board): void {
    const seen = problems.flatMap(({ id, observed }) =>
      observed?.ms === undefined ? [] : [[id, observed.ms] as const],
    );
    if (seen.length > 0) this._took.update((took) => new Map([...took, ...seen]));
  }

  private async steer(of: Steered, ask: () => Promise<FaultBoard>): Promise<boolean> {
    this._busy.update((busy) => new Set([...busy, of]));
    this._refusal.set(null);
    const before = this.board()?.release;
    try {
      const board = await answered(ask());
      this.followed.take(board);
      if (board.release !== before) this.follow();
      return true;
    } catch (error) {
      this._refusal.set({ of, error });
      // Part of it may have been done.
      void this.load();
      return false;
    } finally {
      this._busy.update((busy) => new Set([...busy].filter((each) => each !== of)));
    }
  }

  /** Another release has a name that everything says from now on, and perhaps another paytable. */
  private follow(): void {
    void this.health.watch();
    void followSettings();
    // The machine asks again by itself when a board differs from its strips.
    void this.paytable.load().catch(() => undefined);
  }
}

async function answered(asked: Promise<FaultBoard>): Promise<Board> {
  const board = await asked;
  return {
    ...board,
    problems: board.faults.filter(isProblem),
    extras: board.faults.filter(isExtra),
    answeredAt: performance.now(),
  };
}
