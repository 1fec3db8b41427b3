import { ProblemId } from '../core/api/parts';
import { ReleaseFigures } from '../core/api/schema';
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

/** The observed RTP and the band around the exact one, in per cent of the width; the exact RTP is in the middle. */
export interface RtpDrawing {
  readonly observed: number;
  readonly from: number;
  readonly width: number;
}

/** The band of few spins exceeds the scale and is cut at both ends. */
const MOST_REACH = 200;

/** All releases have the same scale, so that widths can be compared. Null without stakes. */
export function rtpDrawings(
  releases: readonly ReleaseFigures[],
  exact: number,
): readonly (RtpDrawing | null)[] {
  const widest = Math.max(
    0,
    ...releases.flatMap(({ rtp_percent, rtp_band_percent }) =>
      rtp_percent === null || rtp_band_percent === null
        ? []
        : [Math.abs(rtp_percent - exact), rtp_band_percent],
    ),
  );
  const reach = Math.min(widest, MOST_REACH);
  return releases.map(({ rtp_percent, rtp_band_percent }) => {
    if (rtp_percent === null || rtp_band_percent === null || reach <= 0) return null;
    const place = (rtp: number): number =>
      50 + 48 * Math.max(-1, Math.min(1, (rtp - exact) / reach));
    const from = place(exact - rtp_band_percent);
    return { observed: place(rtp_percent), from, width: 2 * (50 - from) };
  });
}
