import { Cell } from '../../core/api/parts';
import { Win } from '../../core/api/schema';

/*
 * The coordinates of the overlay: each cell is a unit square, so the centres of cells are at halves. The SVG is
 * stretched over the reels, and strokes keep their width (`vector-effect: non-scaling-stroke`).
 */

interface WinLine {
  payline: number;
  /** The winning cells. */
  won: string;
  /** The rest of the payline, drawn faintly; empty if every reel wins. */
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

/** The points of an SVG polyline for rows on consecutive reels: "0.5,1.5 1.5,1.5 …". */
export function points(rows: readonly number[], firstReel: number): string {
  return rows.map((row, index) => `${firstReel + index + 0.5},${row + 0.5}`).join(' ');
}

/** The keys of all winning cells, as "reel:row". */
export function litCells(wins: readonly Win[]): ReadonlySet<string> {
  return new Set(wins.flatMap((win) => win.cells.map(cellKey)));
}

export function cellKey([reel, row]: Cell): string {
  return `${reel}:${row}`;
}
