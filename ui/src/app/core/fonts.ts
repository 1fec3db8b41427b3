import { Lang } from './language-of';

/** Letters and signs that every page of a language shows: of a font's files those that have them are loaded. */
const SHOWN: Record<Lang, string> = { en: 'A−₽', ru: 'AЯ−₽' };

/**
 * Asks for the files of the page's font before there is text. A browser that learns of them when it lays out the first text
 * draws that in another font, and then once more.
 */
export async function loadFonts(lang: Lang): Promise<void> {
  try {
    await document.fonts.load("1rem 'Inter Variable'", SHOWN[lang]);
  } catch {
    // The page is drawn in another font.
  }
}
