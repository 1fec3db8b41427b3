import { MapTraffic } from '../core/api/schema';

/** Most dots on the whole map. */
export const MOST_DOTS = 60;
/** How long a dot is on its way from box to box, in milliseconds; the call itself is spent before the called box. */
export const TRAVEL_MS = 1_100;
/** How many calls one dot may stand for. */
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000];

/** The calls along one wire. */
export interface Flow {
  readonly id: string;
  /** Time between two dots, in milliseconds. */
  readonly everyMs: number;
  /** How long a call lasts (P50), in milliseconds. */
  readonly lastsMs: number;
}

/** The flows of all wires, and how many calls each dot stands for, so that there are never too many. */
export function flowsOf(wires: readonly { readonly id: string; readonly traffic: MapTraffic }[]): {
  readonly perDot: number;
  readonly flows: readonly Flow[];
} {
  const busy = wires
    .filter(({ traffic }) => traffic.per_minute > 0)
    .map(({ id, traffic }) => ({
      id,
      perMs: traffic.per_minute / 60_000,
      lastsMs: (traffic.p50_us ?? 0) / 1_000,
    }));
  // Little's law: as many are under way as begin, times how long each of them is.
  const underWay = busy.reduce((sum, { perMs, lastsMs }) => sum + perMs * (TRAVEL_MS + lastsMs), 0);
  const least = underWay / MOST_DOTS;
  const perDot = STEPS.find((step) => step >= least) ?? Math.ceil(least);
  return {
    perDot,
    flows: busy.map(({ id, perMs, lastsMs }) => ({ id, lastsMs, everyMs: perDot / perMs })),
  };
}

/** A dot at some time: on its way, as a fraction, or waiting before the box, by its place in the queue. */
export interface Dot {
  readonly id: string;
  /** 0 to 1; 1 while it waits. */
  readonly way: number;
  /** Null while it is on its way. */
  readonly place: number | null;
}

/** The dots of all flows as time passes. Changed rates and durations take effect without a jump. */
export class Dots {
  /** When each dot of a flow set out, the oldest first. */
  private readonly begun = new Map<string, number[]>();
  private readonly last = new Map<string, number>();

  /** The dots at a time that never goes back, in milliseconds. */
  at(now: number, flows: readonly Flow[]): readonly Dot[] {
    const known = new Set(flows.map(({ id }) => id));
    for (const id of this.begun.keys()) if (!known.has(id)) this.begun.delete(id);
    let room = MOST_DOTS;
    return flows.flatMap((flow) => {
      const begun = this.grown(now, flow).slice(0, room);
      room -= begun.length;
      this.begun.set(flow.id, begun);
      return begun.map((start, index): Dot => {
        const way = Math.min(1, (now - start) / TRAVEL_MS);
        return { id: flow.id, way, place: way < 1 ? null : index };
      });
    });
  }

  private grown(now: number, { id, everyMs, lastsMs }: Flow): number[] {
    const inProgress = TRAVEL_MS + lastsMs;
    const begun = (this.begun.get(id) ?? []).filter((start) => now - start < inProgress);
    // The calls that are in progress at the first look set out before it.
    let last = Math.max(this.last.get(id) ?? -Infinity, now - inProgress);
    while (last + everyMs <= now) {
      last += everyMs;
      begun.push(last);
    }
    this.last.set(id, last);
    return begun;
  }
}
