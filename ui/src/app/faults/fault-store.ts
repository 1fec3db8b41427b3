import { Injectable, computed, inject, signal } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { Health } from '../core/api/health';
import { PaytableStore } from '../core/api/paytable-store';
import { ExtraView, ProblemId, ProblemView, isExtra, isProblem } from '../core/api/parts';
import { FaultBoard, FaultId, FaultState } from '../core/api/schema';

import { followSettings } from '../core/telemetry/reporting';
import { nextState } from './fault-words';

/** Interval of requests, in milliseconds, because evidence and progress change without any action of a person. */
const LOOK_MS = 1_000;

/** What a request concerns: one fault, a payment that fails on demand, or all faults. */
export type Steered = FaultId | 'fire' | 'reset' | 'release';

/** The state of all faults, and when it was received, by `performance.now()`, which does not follow the wall clock. */
export interface Board extends FaultBoard {
  readonly problems: readonly ProblemView[];
  readonly extras: readonly ExtraView[];
  readonly answeredAt: number;
}

/** The state of the faults, and their switches. */
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
  /** Whether the last request for the state failed. */
  readonly failed = computed(() => this.followed.error() !== null);
  /** What the pending requests concern. */
  readonly busy = this._busy.asReadonly();
  /** What the last request concerned, and its error, if it failed. */
  readonly refusal = this._refusal.asReadonly();
  /** The last successful switch of a problem in this window. */
  readonly changed = this._changed.asReadonly();
  /** Duration of the last span that showed a problem, in milliseconds; the board has no evidence after the fix. */
  readonly took = this._took.asReadonly();
  /** The chosen release, which is shown before the switch is done. */
  readonly release = computed(() => this._wished() ?? this.board()?.release ?? null);

  /** The faults beside the story that are on. */
  readonly extrasOn = computed(() =>
    (this.board()?.extras ?? []).filter(({ state }) => state === 'on'),
  );

  /** Requests the state every second from now on; the returned function ends it. */
  readonly watch = this.followed.watch;
  readonly load = this.followed.load;

  /** Presses the button of a fault, which switches it or makes it happen once. */
  async toggle(id: FaultId): Promise<void> {
    if (!this.board()) await this.load();
    const fault = this.board()?.faults.find((each) => each.id === id);
    if (!fault || fault.switching || this._busy().has(id)) return;
    if (fault.how === 'fire') {
      await this.send(id, () => this.gateway.fireFault(id));
      return;
    }
    const state = nextState(fault);
    const done = await this.send(id, () => this.gateway.switchFault(id, state));
    if (done && isProblem(fault)) this._changed.set({ id: fault.id, state });
  }

  /** Brings a fault into a state; nothing happens where it is in that state. */
  async bring(id: FaultId, state: FaultState): Promise<void> {
    await this.load();
    const fault = this.board()?.faults.find((each) => each.id === id);
    if (!fault || fault.state === state) return;
    const done = await this.send(id, () => this.gateway.switchFault(id, state));
    if (done && isProblem(fault)) this._changed.set({ id: fault.id, state });
  }

  /** Switches a fault on, which turns itself off after some seconds. */
  async breakFor(id: FaultId, seconds: number): Promise<void> {
    await this.send(id, () => this.gateway.switchFault(id, 'on', seconds));
  }

  async fire(id: FaultId): Promise<void> {
    await this.send(id, () => this.gateway.fireFault(id));
  }

  /** Switches every fault beside the story off. */
  async endExtras(): Promise<void> {
    for (const { id } of this.extrasOn())
      await this.send(id, () => this.gateway.switchFault(id, 'off'));
  }

  async failNextPayment(): Promise<void> {
    await this.send('fire', () => this.gateway.fireFault('payment-errors'));
  }

  async startOfDemo(): Promise<void> {
    if (await this.send('reset', () => this.gateway.startOfDemo())) this._took.set(new Map());
  }

  /** Chooses a release. The dial may be moved faster than releases are switched, so only the last choice is applied. */
  async choose(version: string): Promise<void> {
    this._wished.set(version);
    if (this._busy().has('release')) return;
    let tried: string | null = null;
    for (;;) {
      const wished = this._wished();
      if (wished === null || wished === tried) break;
      tried = wished;
      await this.send('release', () => this.gateway.chooseRelease(wished));
    }
    this._wished.set(null);
  }

  private noteEvidence({ problems }: Board): void {
    const seen = problems.flatMap(({ id, observed }) =>
      observed?.ms === undefined ? [] : [[id, observed.ms] as const],
    );
    if (seen.length > 0) this._took.update((took) => new Map([...took, ...seen]));
  }

  private async send(of: Steered, ask: () => Promise<FaultBoard>): Promise<boolean> {
    this._busy.update((busy) => new Set([...busy, of]));
    this._refusal.set(null);
    const before = this.board()?.release;
    try {
      const board = await answered(ask());
      this.followed.take(board);
      if (board.release !== before) this.reloadForRelease();
      return true;
    } catch (error) {
      this._refusal.set({ of, error });
      // A part of the request may have taken effect.
      void this.load();
      return false;
    } finally {
      this._busy.update((busy) => new Set([...busy].filter((each) => each !== of)));
    }
  }

  /** Another release has another name everywhere, and may have another paytable. */
  private reloadForRelease(): void {
    void this.health.watch();
    void followSettings();
    // The machine loads the strips again by itself when a board does not match them.
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
