import { Board } from '../../core/api/parts';
import { SymbolName } from '../../core/api/schema';

type Strip = readonly SymbolName[];

/** The symbols of a stop: the stop itself in the top row, and the following ones of the cyclic strip. */
export function stripWindow(strip: Strip, stop: number, rows: number): SymbolName[] {
  return Array.from({ length: rows }, (_, row) => symbolAt(strip, stop + row));
}

export function boardAt(strips: readonly Strip[], stops: readonly number[], rows: number): Board {
  return strips.map((strip, reel) => stripWindow(strip, stops[reel] ?? 0, rows));
}

export function sameBoard(left: Board, right: Board): boolean {
  return (
    left.length === right.length &&
    left.every(
      (column, reel) =>
        column.length === right[reel]?.length &&
        column.every((symbol, row) => symbol === right[reel]?.[row]),
    )
  );
}

/** The remainder in 0 ≤ result < length, for negative positions too. */
export function wrapped(position: number, length: number): number {
  return ((position % length) + length) % length;
}

function symbolAt(strip: Strip, position: number): SymbolName {
  const symbol = strip[wrapped(position, strip.length)];
  if (symbol === undefined) throw new RangeError('a reel strip cannot be empty');
  return symbol;
}
