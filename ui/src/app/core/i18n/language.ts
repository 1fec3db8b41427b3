import {
  EnvironmentProviders,
  ErrorHandler,
  Injectable,
  Signal,
  computed,
  effect,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
  signal,
} from '@angular/core';

import { remember, remembered } from '../api/remembered';
import { Formats, Units, formatsFor } from './formats';
import { LANGUAGES, LanguageEntry, PSEUDO, languageOf } from './languages';
import { brief, isolated } from './legible';
import { Key, Phrasebook, PluralKey, phrasebook } from './phrases';

export type { Key, PluralKey } from './phrases';
export type Params = Record<string, string | number>;

/** The language that the page speaks, as far as it is loaded. */
interface Spoken {
  readonly entry: LanguageEntry;
  readonly units: Units;
  readonly book: Phrasebook;
}

const spoken = signal<Spoken | null>(null);
/** How far the phrases are that no first screen needs. */
const rest = signal<'loading' | 'loaded' | 'failed'>('loading');
let restTried = Promise.resolve();
/** Counts the choices: a language that was loaded for an earlier one comes too late. */
let choices = 0;

/**
 * Loads what the first screen says, before the page is drawn; what everything else says comes behind it. Where the chosen
 * language cannot be loaded the page speaks another.
 */
export async function loadLanguage(entry = chosenLanguage()): Promise<void> {
  const others = LANGUAGES.filter((other) => other !== entry);
  const loaded = await firstThatLoads([entry, ...others]);
  spoken.set(loaded);
  restTried = loadRest(loaded.entry);
}

async function firstThatLoads([entry, ...others]: readonly LanguageEntry[]): Promise<Spoken> {
  if (!entry) throw new Error('no language can be loaded');
  try {
    const { firstScreen, units } = await entry.firstScreen();
    return { entry, units, book: phrasebook(firstScreen) };
  } catch (error) {
    if (others.length === 0) throw error;
    return firstThatLoads(others);
  }
}

async function loadRest(entry: LanguageEntry): Promise<void> {
  const choice = choices;
  try {
    await speak(entry, () => choice === choices);
  } catch {
    // A browser does not load a module again that failed once: the page says so where a phrase of it would stand.
    if (choice === choices) rest.set('failed');
  }
}

/** Loads all of a language, and speaks it from then on, if `still` wants it by then. */
async function speak(entry: LanguageEntry, still: () => boolean): Promise<void> {
  const [{ firstScreen, units }, { pages }] = await Promise.all([
    entry.firstScreen(),
    entry.pages(),
  ]);
  if (!still()) return;
  spoken.set({ entry, units, book: phrasebook(firstScreen, pages) });
  rest.set('loaded');
}

function chosenLanguage(): LanguageEntry {
  if (new URLSearchParams(location.search).get('language') === PSEUDO.code) return PSEUDO;
  const code = remembered('language');
  return LANGUAGES.find((each) => each.code === code) ?? languageOf(navigator.language);
}

export function isKey(candidate: string): candidate is Key {
  return typeof spoken()?.book.get(candidate) === 'string';
}

/** A sentence has no room for more of a value; the page that tells of it has the whole elsewhere. */
const MOST_OF_A_VALUE = 300;
const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g;

/**
 * A phrase with its values in their places, read once: a value is text, whatever it looks like, and is never read as a
 * phrase, as a placeholder or as a pattern itself.
 */
export function withValues(phrase: string, params: Params): string {
  return phrase.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return value === undefined ? '' : isolated(brief(String(value), MOST_OF_A_VALUE));
  });
}

/** The chosen language: its phrases, and how it writes numbers, money and dates. */
@Injectable({ providedIn: 'root' })
export class Language {
  private readonly errors = inject(ErrorHandler);
  /** The language that is being loaded. */
  private wanted: string | null = null;

  /** Its code. */
  readonly active: Signal<string> = computed(() => now().entry.code);
  readonly formats: Signal<Formats> = computed(() => {
    const { entry, units } = now();
    return formatsFor(entry.locale, units);
  });
  /** How far the phrases are that no first screen needs. */
  readonly rest = rest.asReadonly();

  constructor() {
    effect(() => {
      document.documentElement.lang = this.active();
    });
  }

  /** Reads the language signal: a template or computed that says something follows the switch. */
  readonly say = (key: Key, params: Params = {}): string => {
    const phrase = now().book.get(key);
    return typeof phrase === 'string' ? withValues(phrase, params) : '';
  };

  /** The form of a phrase for so many; `{{ count }}` in it is the number as the language writes it. */
  readonly count = (key: PluralKey, count: number, params: Params = {}): string => {
    const forms = now().book.get(key);
    if (typeof forms !== 'object') return '';
    const { number, plural } = this.formats();
    return withValues(forms[plural(count)] ?? forms.other, { count: number(count), ...params });
  };

  /** Once the phrases are there that no first screen needs, or could not be loaded. */
  wholeOrFailed(): Promise<void> {
    return restTried;
  }

  /** Speaks another language as soon as all of it is loaded; where it cannot be loaded, the page speaks as before. */
  async choose(entry: LanguageEntry): Promise<void> {
    const choice = (choices += 1);
    this.wanted = entry.code;
    try {
      await speak(entry, () => choice === choices);
      if (choice === choices) remember('language', entry.code);
    } catch (error) {
      this.errors.handleError(error);
    } finally {
      if (choice === choices) this.wanted = null;
    }
  }

  /** The one after the active one, or after the one that is on its way, in the order in which they are offered. */
  async next(): Promise<void> {
    const from = this.wanted ?? this.active();
    const place = LANGUAGES.findIndex(({ code }) => code === from);
    const entry = LANGUAGES[(place + 1) % LANGUAGES.length];
    if (entry) await this.choose(entry);
  }
}

function now(): Spoken {
  const loaded = spoken();
  if (!loaded) throw new Error('no language is loaded');
  return loaded;
}

export function provideLanguages(): EnvironmentProviders {
  return makeEnvironmentProviders([provideEnvironmentInitializer(() => void inject(Language))]);
}
