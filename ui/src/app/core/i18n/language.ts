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

import { ScriptLanguage } from '../api/schema';
import { remember, remembered } from '../api/remembered';
import { Formats, Units, formatsFor } from './formats';
import { LANGUAGES, LanguageEntry, PSEUDO, languageOf } from './languages';
import { brief, isolated } from './legible';
import { Key, Phrasebook, PluralKey, phrasebook } from './phrases';

export type { Key, PluralKey } from './phrases';
export type Params = Record<string, string | number>;

/** The active language, as far as it is loaded. */
interface Spoken {
  readonly entry: LanguageEntry;
  readonly units: Units;
  readonly book: Phrasebook;
}

const spoken = signal<Spoken | null>(null);
/** The state of the phrases that the first screen does not need. */
const rest = signal<'loading' | 'loaded' | 'failed'>('loading');
let restTried = Promise.resolve();
/** Number of choices; a language that was loaded for an earlier choice is dropped. */
let choices = 0;

/**
 * Loads the phrases of the first screen before the page is drawn; the others follow later. If the
 * chosen language cannot be loaded, another one is used.
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
    // A browser does not retry a module that failed to load, so the page shows the failure in place
    // of the phrases.
    if (choice === choices) rest.set('failed');
  }
}

/** Loads all of a language and activates it, if `still` is true by then. */
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

/** Limit of a value in a sentence; the page about it shows the whole value. */
const MOST_OF_A_VALUE = 300;
const PLACEHOLDER = /\{\{\s*([\w.]+)\s*\}\}/g;

/**
 * Inserts values into a phrase in one pass: a value is text and is never interpreted as a phrase, a
 * placeholder or a pattern.
 */
function withValues(phrase: string, params: Params): string {
  return phrase.replace(PLACEHOLDER, (_, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    return value === undefined ? '' : isolated(brief(String(value), MOST_OF_A_VALUE));
  });
}

export interface Phrase {
  readonly key: Key;
  readonly params?: Params;
}

/** A phrase, or the sentence of a service for which there is no phrase. */
export type Message = Phrase | { readonly literal: string };

/** The chosen language: its phrases, and its formats of numbers, money and dates. */
@Injectable({ providedIn: 'root' })
export class Language {
  private readonly errors = inject(ErrorHandler);
  /** The language that is being loaded. */
  private wanted: string | null = null;

  /** Its code. */
  readonly active: Signal<string> = computed(() => now().entry.code);
  /** The language of what the server writes. */
  readonly script: Signal<ScriptLanguage> = computed(() => now().entry.script);
  readonly formats: Signal<Formats> = computed(() => {
    const { entry, units } = now();
    return formatsFor(entry.locale, units);
  });
  /** The state of the phrases that the first screen does not need. */
  readonly rest = rest.asReadonly();

  constructor() {
    effect(() => {
      document.documentElement.lang = this.active();
    });
  }

  /** Reads the language signal, so that templates and computed values follow a switch. */
  readonly say = (key: Key, params: Params = {}): string => {
    const phrase = now().book.get(key);
    return typeof phrase === 'string' ? withValues(phrase, params) : '';
  };

  /** The text of a message, which follows a switch too. */
  readonly text = (message: Message): string =>
    'literal' in message ? message.literal : this.say(message.key, message.params);

  /** The form of a phrase for a count; `{{ count }}` in it is the formatted number. */
  readonly count = (key: PluralKey, count: number, params: Params = {}): string => {
    const forms = now().book.get(key);
    if (typeof forms !== 'object') return '';
    const { number, plural } = this.formats();
    return withValues(forms[plural(count)] ?? forms.other, { count: number(count), ...params });
  };

  /** Resolves when the phrases that the first screen does not need are loaded, or could not be. */
  wholeOrFailed(): Promise<void> {
    return restTried;
  }

  /** Activates another language once all of it is loaded; if that fails, the present one stays. */
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

  /**
   * The language after the active one, or after the one that is being loaded, in the order of the
   * choice.
   */
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
