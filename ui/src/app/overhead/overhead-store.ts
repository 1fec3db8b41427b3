import { Injectable, inject, signal } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { OverheadView } from '../core/api/schema';

import { Measured, withResult } from './overhead';

const LOOK_MS = 1_000;

/** The measurement of the cost of telemetry, and all results of this session. */
@Injectable({ providedIn: 'root' })
export class OverheadStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.overhead(), {
    everyMs: LOOK_MS,
    seen: (view) => this._measured.update((measured) => withResult(measured, view)),
  });
  private readonly _measured = signal<Measured>(new Map());
  private readonly _busy = signal(false);
  private readonly _error = signal<unknown>(null);

  readonly view = this.followed.value;
  readonly state = this.followed.state;
  readonly measured = this._measured.asReadonly();
  /** Whether a request is pending. */
  readonly busy = this._busy.asReadonly();
  /** The error of the last request, or null. */
  readonly error = this._error.asReadonly();

  /** Requests the state every second from now on; the returned function ends it. */
  readonly watch = this.followed.watch;

  measure(sampleRate: number): Promise<void> {
    return this.send(() => this.gateway.measureOverhead(sampleRate));
  }

  cancel(): Promise<void> {
    return this.send(() => this.gateway.cancelOverhead());
  }

  private async send(of: () => Promise<OverheadView>): Promise<void> {
    if (this._busy()) return;
    this._busy.set(true);
    this._error.set(null);
    try {
      this.followed.take(await of());
    } catch (error) {
      this._error.set(error);
    } finally {
      this._busy.set(false);
    }
  }
}
