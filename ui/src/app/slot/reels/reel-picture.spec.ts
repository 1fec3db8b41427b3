import fc from 'fast-check';

import { SymbolName } from '../../core/api/schema';
import { SymbolPictures, drawReel } from './reel-picture';
import { stripWindow } from '../play/strip-window';

const STRIP: SymbolName[] = ['seven', 'gem', 'bell', 'bar', 'star'];
const [WIDTH, HEIGHT, ROWS] = [90, 80, 3];

/** The content of a picture, its opacity, and where it was drawn. */
interface Drawn {
  readonly name: string;
  readonly top: number;
  readonly alpha: number;
}

function drawn(position: number, blur: number): Drawn[] {
  const tiles = (kind: string) =>
    new Map(STRIP.map((name) => [name, `${kind} ${name}`])) as unknown as SymbolPictures['sharp'];
  const calls: Drawn[] = [];
  const pen = {
    canvas: { width: WIDTH, height: HEIGHT * ROWS },
    globalAlpha: 1,
    clearRect: () => undefined,
    drawImage(this: { globalAlpha: number }, name: string, _left: number, top: number) {
      calls.push({ name, top, alpha: this.globalAlpha });
    },
  };
  drawReel(pen as unknown as CanvasRenderingContext2D, STRIP, position, blur, {
    width: WIDTH,
    height: HEIGHT,
    sharp: tiles('sharp'),
    smeared: tiles('smeared'),
  });
  return calls;
}

describe('the picture of a moving reel', () => {
  it('shows at a stop what the board shows there', () => {
    for (const [stop] of STRIP.entries()) {
      const seen = drawn(stop, 0).filter(({ top }) => top >= 0 && top < ROWS * HEIGHT);
      const board = stripWindow(STRIP, stop, ROWS);
      expect(seen.map(({ name }) => name)).toEqual(board.map((name) => `sharp ${name}`));
      expect(seen.map(({ top }) => top)).toEqual([0, HEIGHT, 2 * HEIGHT]);
    }
  });

  it('leaves no gap, wherever the window is and however fast the reel', () => {
    const position = fc.double({ min: 0, max: STRIP.length, maxExcluded: true, noNaN: true });
    const blur = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(position, blur, (at, share) => {
        const calls = drawn(at, share);
        for (const kind of ['sharp', 'smeared']) {
          const tops = calls.flatMap(({ name, top }) => (name.startsWith(kind) ? [top] : []));
          if (tops.length === 0) continue;
          tops.slice(1).forEach((top, index) => {
            expect(Math.abs(top - (tops[index] ?? 0) - HEIGHT)).toBeLessThanOrEqual(1);
          });
          expect(tops[0]).toBeLessThanOrEqual(0);
          expect(tops.at(-1)).toBeGreaterThanOrEqual((ROWS - 1) * HEIGHT);
        }
        const alphas = new Set(calls.map(({ alpha }) => alpha));
        expect([...alphas].reduce((sum, alpha) => sum + alpha, 0)).toBeGreaterThanOrEqual(1 - 1e-9);
      }),
    );
  });
});
