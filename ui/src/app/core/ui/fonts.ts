import { pause } from '../api/pause';
import { LANGUAGES } from '../i18n/languages';

/** Letters and signs that the page shows: of a font's files those that have them are loaded. */
const SHOWN = `${LANGUAGES.map(({ name }) => name).join('')}−₽`;
/** They come from this machine. Text in another font is better than none. */
const PATIENCE_MS = 300;

/**
 * Once the page's font can be drawn, or has taken too long. A browser that learns of its files when it lays out the first
 * text draws that in another font, and then once more: what is about to be clicked moves.
 */
export async function loadFonts(): Promise<void> {
  try {
    await Promise.race([document.fonts.load("1rem 'Inter Variable'", SHOWN), pause(PATIENCE_MS)]);
  } catch {
    // The page is drawn in another font.
  }
}
