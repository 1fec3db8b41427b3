import { Band, RtpVerdict, rtpVerdict } from '../business/confidence';
import { ProblemId, ProblemView } from '../core/api/parts';
import { ReleaseFigures, ReleaseView } from '../core/api/schema';
import { Key, isKey } from '../core/i18n/language';

const FIXED = '-fixed';

/** A change that a release contains: a problem or its fix. */
interface ChangeWords {
  readonly mends: boolean;
  /** Null for an id that the page has no phrase for. */
  readonly key: Key | null;
  readonly name: string;
}

/** `slow-rng` adds the problem, `slow-rng-fixed` removes it. */
export function changeOf(name: string): ChangeWords {
  const mends = name.endsWith(FIXED);
  const id = mends ? name.slice(0, -FIXED.length) : name;
  if (id === 'wrong-paytable') return { mends, key: 'releases.wrongPaytable', name };
  const key = `problems.name.${id as ProblemId}`;
  return { mends, key: isKey(key) ? key : null, name };
}

/** The longest duration of a column has the longest bar. */
export function barWidths(
  releases: readonly ReleaseFigures[],
  figure: 'p50_ms' | 'p95_ms',
): readonly number[] {
  const times = releases.map(({ figures }) => figures[figure]);
  const longest = Math.max(0, ...times);
  return times.map((time) => (longest > 0 ? (100 * time) / longest : 0));
}

/** Standard errors beyond which a figure counts as regressed, equal to `releases.rs` of the services. */
export const BEYOND_CHANCE = 3.29;

/** The observed RTP of a release, and the interval around the exact one in which 95 of 100 samples are, as fractions of 1. */
export interface ReleaseRtp {
  readonly observed: number;
  readonly band: Band;
  readonly half: number;
  readonly verdict: RtpVerdict;
}

/** The same interval and the same verdict as on the page of money. Null without stakes. */
export function rtpOf(
  { rtp_percent, rtp_band_percent }: Pick<ReleaseFigures, 'rtp_percent' | 'rtp_band_percent'>,
  exact: number,
): ReleaseRtp | null {
  if (rtp_percent === null || rtp_band_percent === null) return null;
  const half = rtp_band_percent / 100;
  const observed = rtp_percent / 100;
  return {
    observed,
    half,
    band: { low: Math.max(0, exact - half), high: exact + half },
    verdict: rtpVerdict(observed, exact, half),
  };
}

/** Number of problems of a release that are fixed or off by hand; 0 where one is on that it does not have. */
export function fixesOf(
  problems: readonly Pick<ProblemView, 'id' | 'state'>[],
  { faults }: Pick<ReleaseView, 'faults'>,
): number {
  const isAdded = problems.some(({ id, state }) => state === 'on' && !faults.includes(id));
  if (isAdded) return 0;
  return problems.filter(({ id, state }) => state !== 'on' && faults.includes(id)).length;
}
