import { Injectable, computed, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { Micros, micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Share } from '../traces/bottleneck';
import { layoutOf } from '../traces/layout';

/** Number of the newest traces whose critical paths are added up. */
const TRACES = 20;
/** Number of traces among which those are looked for, because the newest ones are not over. */
const LISTED = 100;
/** Most traces that are read at once, because with virtual players all of them are new each time. */
const AT_ONCE = 8;
const LOOK_MS = 3_000;
/** The envelopes of a trace come within this time after its root. */
const SETTLED_US = 2_000_000;
const SPIN = 'slot-machine-spin';

/** The part of a service or an external peer in the time that the newest traces took. */
export interface PathShare {
  /** Fraction of all critical paths, 0 to 1. */
  readonly share: number;
  /** Mean for one trace. */
  readonly time: Micros;
}

/**
 * Shares of the critical path over the newest spins, or over the newest traces where there are no spins, while a page
 * shows them. The reply of the map has none, so the traces themselves are read.
 */
@Injectable({ providedIn: 'root' })
export class PathStore {
  private readonly gateway = inject(Gateway);
  /** The newest last. */
  private readonly known = new Map<string, readonly Share[]>();
  private readonly followed = new Followed(() => this.read(), { everyMs: LOOK_MS });

  readonly watch = this.followed.watch;
  readonly traces = computed(() => this.followed.value()?.length ?? 0);
  /** By the name of the service or peer. */
  readonly shares = computed(() => meanOf(this.followed.value() ?? []));

  private async read(): Promise<readonly (readonly Share[])[]> {
    const spins = await this.gateway.traces({ limit: LISTED, name: SPIN });
    const { traces } =
      spins.traces.length > 0 ? spins : await this.gateway.traces({ limit: LISTED });
    const settled = traces.filter(isSettled);
    const added = settled.filter(({ trace_id }) => !this.known.has(trace_id)).slice(0, AT_ONCE);
    const details = await Promise.all(
      added.map(async ({ trace_id }) => [trace_id, await this.gateway.trace(trace_id)] as const),
    );
    for (const [id, detail] of details.reverse()) this.known.set(id, layoutOf(detail).shares);
    for (const id of [...this.known.keys()].slice(0, -TRACES)) this.known.delete(id);
    return [...this.known.values()];
  }
}

function isSettled({ start_us, root_us, oddities }: TraceSummary): boolean {
  const isWhole = !oddities.includes('missing_root') && !oddities.includes('no_spans');
  return isWhole && start_us + root_us + SETTLED_US < Date.now() * 1_000;
}

/** The shares of the sum of all critical paths. */
export function meanOf(paths: readonly (readonly Share[])[]): ReadonlyMap<string, PathShare> {
  const times = new Map<string, number>();
  for (const path of paths)
    for (const { actor, time } of path) times.set(actor, (times.get(actor) ?? 0) + time);
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  return new Map(
    [...times].map(([actor, time]) => [
      actor,
      { share: time / total, time: micros(time / paths.length) },
    ]),
  );
}
