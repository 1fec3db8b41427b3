import { TraceSummary } from '../core/api/schema';
import { lastOf } from '../core/ui/capped';

/** What traces can be chosen by: names that any of them had in this session, whatever is shown now. */
export interface Seen {
  readonly names: ReadonlySet<string>;
  readonly services: ReadonlySet<string>;
  readonly releases: ReadonlySet<string>;
  readonly players: ReadonlySet<string>;
}

export const NOTHING_SEEN: Seen = {
  names: new Set(),
  services: new Set(),
  releases: new Set(),
  players: new Set(),
};

/** Nobody chooses among more; those that came first are forgotten. */
export const MOST_SEEN = 200;

export function withSeen(seen: Seen, traces: readonly TraceSummary[]): Seen {
  const services = traces.flatMap((trace) => trace.services.map(({ service }) => service));
  return {
    names: withWords(
      seen.names,
      traces.map(({ name }) => name),
    ),
    services: withWords(seen.services, services),
    releases: withWords(
      seen.releases,
      traces.map(({ release }) => release ?? ''),
    ),
    players: withWords(
      seen.players,
      traces.map(({ player }) => player ?? ''),
    ),
  };
}

/** The same set where nothing is new. */
function withWords(known: ReadonlySet<string>, words: readonly string[]): ReadonlySet<string> {
  const added = words.filter((word) => word !== '' && !known.has(word));
  return added.length === 0
    ? known
    : new Set(lastOf([...new Set([...known, ...added])], MOST_SEEN).shown);
}
