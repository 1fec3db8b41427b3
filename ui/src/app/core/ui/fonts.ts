import { pause } from '../api/pause';
import { LANGUAGES } from '../i18n/languages';

/** Letters and signs of the page; of a font's files only those that contain them are loaded. */
const SHOWN = `${LANGUAGES.map(({ name }) => name).join('')}−₽`;
/**
 * Limit of waiting for the fonts, in milliseconds. They are on this machine, and another font is better than no text.
 */
const PATIENCE_MS = 300;

/**
 * Resolves when the page's font is loaded, or after the limit. If the browser found the fonts only during layout, it
 * would draw the page twice, and controls would move under the pointer.
 */
export async function loadFonts(): Promise<void> {
  try {
    await Promise.race([document.fonts.load("1rem 'Inter Variable'", SHOWN), pause(PATIENCE_MS)]);
  } catch {
    // The page is drawn in another font.
  }
}
