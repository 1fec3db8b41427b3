import { SymbolName } from '../core/api/schema';
import { stripWindow } from './strip-window';
import { SPRITE_ID } from './symbol-sprite';

/** How much of a cell a symbol takes, as the resting reels have it. */
const SYMBOL_WIDTH = 0.92;
const SYMBOL_HEIGHT = 0.88;
const SMEAR_STEPS = 29;
const SMEAR_ROWS = 0.62;
/** Rows above and below a symbol's own that its smear may reach into. */
const REACH = 0.5;

/** Symbols as pixels, in cells of one size. */
export interface SymbolPictures {
  /** Size of a cell, in pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Each fills one cell. */
  readonly sharp: ReadonlyMap<SymbolName, HTMLCanvasElement>;
  /** As it looks at full speed: smeared along the way it moves, in a tile that reaches into its neighbours' cells. */
  readonly smeared: ReadonlyMap<SymbolName, HTMLCanvasElement>;
}

/**
 * Turns each symbol into pixels once for a size of the reels: a web view without a GPU would draw every line of every
 * symbol anew in each frame, and compute a filter anew too. Null where there is nothing to draw with.
 */
export async function symbolPictures(
  names: readonly SymbolName[],
  width: number,
  height: number,
): Promise<SymbolPictures | null> {
  const definitions = document.getElementById(SPRITE_ID)?.querySelector('defs');
  if (!definitions || width < 1 || height < 1) return null;
  const size = Math.round(Math.min(SYMBOL_WIDTH * width, SYMBOL_HEIGHT * height));
  // All of them in one image, since a browser opens a document for each, and drawn once, since it keeps no pixels of it.
  const uses = names.map(
    (name, at) => `<use href="#symbol-${name}" x="${100 * at}" width="100" height="100"/>`,
  );
  const image = new Image(size * names.length, size);
  image.src = `data:image/svg+xml,${encodeURIComponent(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size * names.length}" height="${size}" ` +
      `viewBox="0 0 ${100 * names.length} 100">` +
      `${new XMLSerializer().serializeToString(definitions)}${uses.join('')}</svg>`,
  )}`;
  await image.decode();
  const sheet = canvasOf(size * names.length, size);
  sheet.getContext('2d')?.drawImage(image, 0, 0, size * names.length, size);
  const sharp = new Map<SymbolName, HTMLCanvasElement>();
  const smeared = new Map<SymbolName, HTMLCanvasElement>();
  const [left, top] = [Math.round((width - size) / 2), Math.round((height - size) / 2)];
  for (const [at, name] of names.entries()) {
    const cell = canvasOf(width, height);
    cell.getContext('2d')?.drawImage(sheet, size * at, 0, size, size, left, top, size, size);
    sharp.set(name, cell);
    smeared.set(name, smear(cell));
  }
  return { width, height, sharp, smeared };
}

/**
 * Draws what is seen of a strip through the window of a reel, whose top edge is at `position` on the strip, in rows.
 * `blur` is the share of the smeared symbols.
 */
export function drawReel(
  pen: CanvasRenderingContext2D,
  strip: readonly SymbolName[],
  position: number,
  blur: number,
  pictures: SymbolPictures,
): void {
  const { canvas } = pen;
  pen.clearRect(0, 0, canvas.width, canvas.height);
  const rows = Math.round(canvas.height / pictures.height);
  const pitch = canvas.height / rows;
  // A smear reaches into the window from the row above it, and from the one below.
  const first = Math.floor(position) - 1;
  for (const [index, name] of stripWindow(strip, first, rows + 3).entries()) {
    const top = (first + index - position) * pitch;
    draw(pen, pictures.sharp.get(name), top, 1 - blur);
    draw(pen, pictures.smeared.get(name), top - REACH * pictures.height, blur);
  }
}

function draw(
  pen: CanvasRenderingContext2D,
  tile: HTMLCanvasElement | undefined,
  top: number,
  alpha: number,
): void {
  if (!tile || alpha <= 0) return;
  pen.globalAlpha = alpha;
  // Whole pixels, so that tiles are copied and not computed anew.
  pen.drawImage(tile, 0, Math.round(top));
}

function smear(cell: HTMLCanvasElement): HTMLCanvasElement {
  const { width, height } = cell;
  const tile = canvasOf(width, Math.round(height * (1 + 2 * REACH)));
  const pen = tile.getContext('2d');
  for (let step = 0; pen && step < SMEAR_STEPS; step += 1) {
    const along = step / (SMEAR_STEPS - 1);
    const shift = (along - 0.5) * SMEAR_ROWS * height;
    // Densest in the middle: the eye keeps the symbol, not the edges of its copies.
    pen.globalAlpha = (2.8 / SMEAR_STEPS) * Math.sin(Math.PI * (0.08 + 0.84 * along)) ** 2;
    pen.drawImage(cell, 0, REACH * height + shift);
  }
  return tile;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}
