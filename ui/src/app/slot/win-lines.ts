import { Cell } from '../core/api/parts';
import { Win } from '../core/api/schema';

/*
 * The overlay's coordinates: every cell is a unit square, so cell centres are at halves. The SVG is
 * stretched over the reels, and strokes keep their width (vector-effect: non-scaling-stroke).
 */

export interface WinLine {
  payline: number;
  /** The cells that win. */
  won: string;
  /** The rest of the payline, drawn faintly; empty when every reel wins. */
  rest: string;
}

export function winLines(
  wins: readonly Win[],
  paylines: readonly (readonly number[])[],
): WinLine[] {
  const lines: WinLine[] = [];
  for (const win of wins) {
    const rows = win.payline === undefined ? undefined : paylines[win.payline - 1];
    if (win.kind !== 'line' || win.payline === undefined || !rows) continue;
    lines.push({
      payline: win.payline,
      won: points(rows.slice(0, win.count), 0),
      rest: win.count < rows.length ? points(rows.slice(win.count - 1), win.count - 1) : '',
    });
  }
  return lines;
}

/** "0.5,1.5 1.5,1.5 …" for rows on consecutive reels. */
export function points(rows: readonly number[], firstReel: number): string {
  return rows.map((row, index) => `${firstReel + index + 0.5},${row + 0.5}`).join(' ');
}

/** The cells of every win, as "reel:row". */
export function litCells(wins: readonly Win[]): ReadonlySet<string> {
  return new Set(wins.flatMap((win) => win.cells.map(cellKey)));
}

export function cellKey([reel, row]: Cell): string {
  return `${reel}:${row}`;
}
