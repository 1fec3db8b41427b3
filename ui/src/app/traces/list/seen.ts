import { TraceSummary } from '../../core/api/schema';
import { lastOf } from '../../core/ui/capped';

/** The names that filters offer: those of all traces of this session, whatever is shown now. */
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

/** Limit of the number of names; the oldest are removed. */
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

/** The same set if no word is new. */
function withWords(known: ReadonlySet<string>, words: readonly string[]): ReadonlySet<string> {
  const added = words.filter((word) => word !== '' && !known.has(word));
  return added.length === 0
    ? known
    : new Set(lastOf([...new Set([...known, ...added])], MOST_SEEN).shown);
}
