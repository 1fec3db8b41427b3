import { Injectable, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { Problem } from '../core/api/problem';
import { FaultView, Faults } from '../core/api/schema';
import { Watched } from '../core/api/watched';
import { nextState } from './fault-words';

const LOOK_MS = 1_000;
const NONE: Faults = { faults: [] };

/** The faults that the gateway has beside the problems, and their switches. */
@Injectable({ providedIn: 'root' })
export class FaultStore {
  private readonly gateway = inject(Gateway);
  private readonly watched = new Watched(() => this.look(), LOOK_MS);
  private readonly _busy = signal<ReadonlySet<string>>(new Set());
  private readonly _refusal = signal<{ of: string; error: unknown } | null>(null);
  /** A gateway without faults is not asked again. */
  private without = false;

  readonly faults = this.watched.value;
  /** What was asked for and is not answered yet. */
  readonly busy = this._busy.asReadonly();
  /** Why the last thing that was asked for was not done. */
  readonly refusal = this._refusal.asReadonly();

  /** Looks each second from now on; the answer ends it. */
  watch(): () => void {
    return this.watched.watch();
  }

  /** Switches a switch, and lets happen what happens once. */
  async act(fault: Pick<FaultView, 'id' | 'kind' | 'fixable' | 'state'>): Promise<void> {
    const { id, kind } = fault;
    if (this._busy().has(id)) return;
    this._busy.update((busy) => new Set([...busy, id]));
    this._refusal.set(null);
    try {
      this.watched.take(
        kind === 'fire'
          ? await this.gateway.fireFault(id)
          : await this.gateway.switchFault(id, nextState(fault)),
      );
    } catch (error) {
      this._refusal.set({ of: id, error });
    } finally {
      this._busy.update((busy) => new Set([...busy].filter((each) => each !== id)));
    }
  }

  private async look(): Promise<Faults> {
    if (this.without) return NONE;
    try {
      return await this.gateway.faults();
    } catch (error) {
      this.without = error instanceof Problem && error.body.status === 404;
      if (this.without) return NONE;
      throw error;
    }
  }
}
