import { ProblemId } from '../core/api/parts';
import { ReleaseFigures } from '../core/api/schema';
import { Key, isKey } from '../core/i18n/language';

const FIXED = '-fixed';

/** What a release came with: something that hurts, or the end of something that did. */
export interface ChangeWords {
  readonly mends: boolean;
  /** Null for one that this page has no words for. */
  readonly key: Key | null;
  readonly name: string;
}

/** `slow-rng` came, `slow-rng-fixed` took it away. */
export function changeOf(name: string): ChangeWords {
  const mends = name.endsWith(FIXED);
  const id = mends ? name.slice(0, -FIXED.length) : name;
  if (id === 'wrong-paytable') return { mends, key: 'releases.wrongPaytable', name };
  const key = `problems.name.${id as ProblemId}`;
  return { mends, key: isKey(key) ? key : null, name };
}

/** The longest bar of a column is its longest time. */
export function barWidths(
  releases: readonly ReleaseFigures[],
  figure: 'p50_ms' | 'p95_ms',
): readonly number[] {
  const times = releases.map(({ figures }) => figures[figure]);
  const longest = Math.max(0, ...times);
  return times.map((time) => (longest > 0 ? (100 * time) / longest : 0));
}

/** Where an observed RTP lies, per cent of the width, and the band around the exact one, which is in the middle. */
export interface RtpDrawing {
  readonly observed: number;
  readonly from: number;
  readonly width: number;
}

/** A band of few spins is wider than anything that is worth seeing: it is drawn to the ends. */
const MOST_REACH = 200;

/** All releases are drawn to one scale, so that narrow bands are seen to be narrow. Null where nothing was staked. */
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
