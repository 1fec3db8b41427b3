import { SymbolName } from '../core/wire';
import { SPRITE_ID } from './symbol-sprite';

/** Pixels per row of a blurred strip: little is enough, since nothing sharp is in it. */
const ROW = 88;
/** How much of a row a symbol takes; the sharp symbols take the same. */
const SYMBOL_PART = 0.8;
const SMEAR_STEPS = 29;
const SMEAR_ROWS = 0.62;

/**
 * Draws strips as they look at full speed: each symbol smeared along the way it moves. It is done
 * once, on a canvas, because a filter would be computed in every frame by a web view without a GPU.
 */
export async function symbolImages(
  names: readonly SymbolName[],
): Promise<ReadonlyMap<SymbolName, HTMLImageElement>> {
  const definitions = document.getElementById(SPRITE_ID)?.querySelector('defs');
  const images = new Map<SymbolName, HTMLImageElement>();
  if (!definitions) return images;
  const drawn = new XMLSerializer().serializeToString(definitions);
  await Promise.all(
    names.map(async (name) => {
      const image = new Image(ROW, ROW);
      image.src = `data:image/svg+xml,${encodeURIComponent(
        `<svg xmlns="http://www.w3.org/2000/svg" width="${ROW}" height="${ROW}" viewBox="0 0 100 100">` +
          `${drawn}<use href="#symbol-${name}"/></svg>`,
      )}`;
      await image.decode();
      images.set(name, image);
    }),
  );
  return images;
}

export function drawBlurredStrip(
  canvas: HTMLCanvasElement,
  rows: readonly SymbolName[],
  images: ReadonlyMap<SymbolName, HTMLImageElement>,
): void {
  canvas.width = ROW;
  canvas.height = ROW * rows.length;
  const pen = canvas.getContext('2d');
  if (!pen) return;
  const size = ROW * SYMBOL_PART;
  const margin = (ROW - size) / 2;
  for (const [row, name] of rows.entries()) {
    const image = images.get(name);
    if (!image) continue;
    for (let step = 0; step < SMEAR_STEPS; step += 1) {
      const along = step / (SMEAR_STEPS - 1);
      const shift = (along - 0.5) * SMEAR_ROWS * ROW;
      // Densest in the middle: the eye keeps the symbol, not the edges of its copies.
      pen.globalAlpha = (2.8 / SMEAR_STEPS) * Math.sin(Math.PI * (0.08 + 0.84 * along)) ** 2;
      pen.drawImage(image, margin, row * ROW + margin + shift, size, size);
    }
  }
}
