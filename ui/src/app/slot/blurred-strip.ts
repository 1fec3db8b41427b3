import { SymbolName } from '../core/wire';
import { SPRITE_ID } from './symbol-sprite';

/** Pixels per row of a blurred strip: little is enough, since nothing sharp is in it. */
const ROW = 88;
/** How much of a row a symbol takes; the sharp symbols take the same. */
const SYMBOL_PART = 0.88;
const SIZE = Math.round(ROW * SYMBOL_PART);
const SMEAR_STEPS = 29;
const SMEAR_ROWS = 0.62;
/** Rows above and below a symbol's own that its smear may reach into. */
const REACH = 0.5;

/** A symbol smeared along the way it moves, in a tile that reaches into its neighbours' rows. */
export type SmearedSymbols = ReadonlyMap<SymbolName, HTMLCanvasElement>;

/**
 * Smears each symbol once, on canvases, because a filter would be computed in every frame by a web view without a
 * GPU. A drawing (SVG) is painted anew by every drawImage, which takes about a millisecond; so each is turned into
 * pixels first.
 */
export async function smearedSymbols(names: readonly SymbolName[]): Promise<SmearedSymbols> {
  const definitions = document.getElementById(SPRITE_ID)?.querySelector('defs');
  const smeared = new Map<SymbolName, HTMLCanvasElement>();
  if (!definitions) return smeared;
  const drawn = new XMLSerializer().serializeToString(definitions);
  await Promise.all(
    names.map(async (name) => {
      const image = new Image(ROW, ROW);
      image.src = `data:image/svg+xml,${encodeURIComponent(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${ROW}" height="${ROW}" viewBox="0 0 100 100">` +
          `${drawn}<use href="#symbol-${name}"/></svg>`,
      )}`;
      await image.decode();
      smeared.set(name, smear(pixels(image)));
    }),
  );
  return smeared;
}

/** Draws a strip as it looks at full speed. */
export function drawBlurredStrip(
  canvas: HTMLCanvasElement,
  rows: readonly SymbolName[],
  symbols: SmearedSymbols,
): void {
  canvas.width = ROW;
  canvas.height = ROW * rows.length;
  const pen = canvas.getContext('2d');
  for (const [row, name] of rows.entries()) {
    const tile = symbols.get(name);
    if (tile) pen?.drawImage(tile, 0, (row - REACH) * ROW);
  }
}

function pixels(image: HTMLImageElement): HTMLCanvasElement {
  const canvas = canvasOf(SIZE, SIZE);
  canvas.getContext('2d')?.drawImage(image, 0, 0, SIZE, SIZE);
  return canvas;
}

function smear(symbol: HTMLCanvasElement): HTMLCanvasElement {
  const tile = canvasOf(ROW, ROW * (1 + 2 * REACH));
  const pen = tile.getContext('2d');
  const margin = (ROW - SIZE) / 2;
  for (let step = 0; pen && step < SMEAR_STEPS; step += 1) {
    const along = step / (SMEAR_STEPS - 1);
    const shift = (along - 0.5) * SMEAR_ROWS * ROW;
    // Densest in the middle: the eye keeps the symbol, not the edges of its copies.
    pen.globalAlpha = (2.8 / SMEAR_STEPS) * Math.sin(Math.PI * (0.08 + 0.84 * along)) ** 2;
    pen.drawImage(symbol, margin, REACH * ROW + margin + shift);
  }
  return tile;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
