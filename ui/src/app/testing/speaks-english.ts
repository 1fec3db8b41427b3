// Runs before each file of specs: the page must have a language before it is drawn.
import { loadLanguage } from '../core/i18n/language';
import { languageNamed } from './languages';

await loadLanguage(languageNamed('en'));
