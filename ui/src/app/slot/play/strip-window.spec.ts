import { SymbolName } from '../../core/api/schema';
import { boardAt, sameBoard, stripWindow, wrapped } from './strip-window';

const STRIP: SymbolName[] = ['seven', 'gem', 'bell', 'bar', 'star'];

describe('the window of a strip', () => {
  const check = (stop: number, expected: SymbolName[]): void =>
    expect(stripWindow(STRIP, stop, 3)).toEqual(expected);

  it('starts at the stop, on top', () => check(1, ['gem', 'bell', 'bar']));
  it('goes round the seam', () => check(4, ['star', 'seven', 'gem']));
  it('takes a stop of the strip’s length for its first', () => check(5, ['seven', 'gem', 'bell']));

  it('makes a board, one column per strip', () => {
    expect(boardAt([STRIP, STRIP], [0, 3], 3)).toEqual([
      ['seven', 'gem', 'bell'],
      ['bar', 'star', 'seven'],
    ]);
  });

  it('wraps negative positions too', () => {
    expect([wrapped(-0.5, 5), wrapped(5, 5), wrapped(7.25, 5)]).toEqual([4.5, 0, 2.25]);
  });

  it('tells boards apart by a single cell', () => {
    const board = boardAt([STRIP, STRIP], [0, 1], 3);
    expect(sameBoard(board, boardAt([STRIP, STRIP], [0, 1], 3))).toBe(true);
    expect(sameBoard(board, boardAt([STRIP, STRIP], [0, 2], 3))).toBe(false);
    expect(sameBoard(board, board.slice(0, 1))).toBe(false);
  });

  it('refuses an empty strip', () => expect(() => stripWindow([], 0, 3)).toThrow(RangeError));
});
