// Before each file of specs: the page has a language before it is drawn.
import { loadLanguage } from '../core/i18n/language';
import { languageNamed } from './languages';

await loadLanguage(languageNamed('en'));
