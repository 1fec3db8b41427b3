import { SymbolName } from '../../core/api/schema';
import { stripWindow } from '../play/strip-window';
import { SPRITE_ID } from './symbol-sprite';

/** Size of a symbol as a fraction of its cell, equal to that of the resting reels. */
const SYMBOL_WIDTH = 0.92;
const SYMBOL_HEIGHT = 0.88;
const SMEAR_STEPS = 29;
const SMEAR_ROWS = 0.62;
/** Number of rows above and below a symbol that its blur may reach. */
const REACH = 0.5;

/** The symbols as bitmaps, in cells of one size. */
export interface SymbolPictures {
  /** Size of a cell, in pixels of the canvas. */
  readonly width: number;
  readonly height: number;
  /** Each fills one cell. */
  readonly sharp: ReadonlyMap<SymbolName, HTMLCanvasElement>;
  /** The symbols at full speed: blurred along the direction of motion, in tiles that overlap the neighbouring cells. */
  readonly smeared: ReadonlyMap<SymbolName, HTMLCanvasElement>;
}

/**
 * Renders each symbol once for a size of the reels, because a web view without a GPU would draw every path, and compute
 * the blur, again in each frame. Null while the sprite is missing or the reels have no size.
 */
export async function symbolPictures(
  names: readonly SymbolName[],
  width: number,
  height: number,
): Promise<SymbolPictures | null> {
  const definitions = document.getElementById(SPRITE_ID)?.querySelector('defs');
  if (!definitions || width < 1 || height < 1) return null;
  const size = Math.round(Math.min(SYMBOL_WIDTH * width, SYMBOL_HEIGHT * height));
  // All symbols in one image, because a browser opens a document for each SVG; drawn to a canvas once, because the
  // browser does not keep the pixels of an SVG.
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
 * Draws the part of a strip that is visible through the window of a reel, whose top edge is at `position` on the strip,
 * in rows. `blur` is the opacity of the blurred symbols.
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
  // The blur of the rows above and below reaches into the window.
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
  // Whole pixels, so that tiles are copied without interpolation.
  pen.drawImage(tile, 0, Math.round(top));
}

function smear(cell: HTMLCanvasElement): HTMLCanvasElement {
  const { width, height } = cell;
  const tile = canvasOf(width, Math.round(height * (1 + 2 * REACH)));
  const pen = tile.getContext('2d');
  for (let step = 0; pen && step < SMEAR_STEPS; step += 1) {
    const along = step / (SMEAR_STEPS - 1);
    const shift = (along - 0.5) * SMEAR_ROWS * height;
    // Strongest in the middle, so that the symbol stays recognisable and not the edges of its copies.
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
