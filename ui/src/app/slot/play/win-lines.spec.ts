import { Win } from '../../core/api/schema';
import { litCells, points, winLines } from './win-lines';

const LINE: Win = {
  kind: 'line',
  payline: 2,
  symbol: 'seven',
  count: 3,
  multiplier: 40,
  payout: 4000,
  cells: [
    [0, 0],
    [1, 1],
    [2, 2],
  ],
};
const SCATTER: Win = {
  kind: 'scatter',
  symbol: 'scatter',
  count: 3,
  multiplier: 3,
  payout: 3000,
  cells: [
    [0, 0],
    [3, 2],
    [4, 1],
  ],
};
const PAYLINES = [
  [1, 1, 1, 1, 1],
  [0, 1, 2, 1, 0],
];

describe('the lines of a win', () => {
  it('run through the centres of the cells', () => {
    expect(points([0, 2], 3)).toBe('3.5,0.5 4.5,2.5');
  });

  it('are strong over what wins and go on faintly from its last cell', () => {
    expect(winLines([LINE], PAYLINES)).toEqual([
      { payline: 2, won: '0.5,0.5 1.5,1.5 2.5,2.5', rest: '2.5,2.5 3.5,1.5 4.5,0.5' },
    ]);
  });

  it('have no faint rest when all five reels win', () => {
    expect(winLines([{ ...LINE, count: 5 }], PAYLINES)[0]?.rest).toBe('');
  });

  it('leave out scatters, and paylines that do not exist', () => {
    expect(winLines([SCATTER, { ...LINE, payline: 9 }], PAYLINES)).toEqual([]);
  });

  it('light the cells of every win once', () => {
    expect([...litCells([LINE, SCATTER])].sort()).toEqual(['0:0', '1:1', '2:2', '3:2', '4:1']);
  });
});
