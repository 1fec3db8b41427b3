import {
  EnvironmentProviders,
  Injectable,
  Signal,
  computed,
  effect,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
  signal,
} from '@angular/core';
import {
  TranslocoService,
  TranslocoTranspiler,
  provideTransloco,
  provideTranslocoTranspiler,
} from '@jsverse/transloco';

import { remember, remembered } from '../api/remembered';
import { LANGS, Lang, isLang, langOf } from './language-of';
import { brief, isolated } from './legible';
import { Formats, formatsFor } from './money';
import { en } from './words/en';
import { ru } from './words/ru';

type Paths<T> = {
  [K in keyof T & string]: T[K] extends string ? K : `${K}.${Paths<T[K]>}`;
}[keyof T & string];

/** Every phrase there is; a misspelt one does not compile. */
export type Key = Paths<typeof en>;
export type Params = Record<string, string | number>;

export function isKey(candidate: string): candidate is Key {
  let node: unknown = en;
  for (const part of candidate.split('.')) {
    if (typeof node !== 'object' || node === null || !Object.hasOwn(node, part)) return false;
    node = (node as Record<string, unknown>)[part];
  }
  return typeof node === 'string';
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

class OnceRead implements TranslocoTranspiler {
  transpile({ value, params }: Parameters<TranslocoTranspiler['transpile']>[0]): unknown {
    return typeof value === 'string' ? withValues(value, (params ?? {}) as Params) : value;
  }
}

/** The chosen language: its phrases, and how it writes numbers, money and dates. */
@Injectable({ providedIn: 'root' })
export class Language {
  private readonly _active = signal(rememberedLang());
  private readonly transloco = inject(TranslocoService);

  readonly active: Signal<Lang> = this._active.asReadonly();
  readonly formats: Signal<Formats> = computed(() => formatsFor(this.active()));

  constructor() {
    // Both languages are part of the bundle, so that switching needs no network and no waiting.
    this.transloco.setTranslation(en, 'en');
    this.transloco.setTranslation(ru, 'ru');
    effect(() => {
      this.transloco.setActiveLang(this.active());
      document.documentElement.lang = this.active();
    });
  }

  /** Reads the language signal: a template or computed that says something follows the switch. */
  readonly say = (key: Key, params: Params = {}): string =>
    this.transloco.translate(key, params, this.active());

  choose(lang: Lang): void {
    this._active.set(lang);
    remember('language', lang);
  }

  switch(): void {
    this.choose(this.active() === 'ru' ? 'en' : 'ru');
  }
}

function rememberedLang(): Lang {
  const language = remembered('language');
  return isLang(language) ? language : langOf(navigator.language);
}

export function provideLanguages(): EnvironmentProviders {
  return makeEnvironmentProviders([
    provideTransloco({
      config: {
        availableLangs: [...LANGS],
        defaultLang: 'en',
        fallbackLang: 'en',
        reRenderOnLangChange: true,
        prodMode: true,
      },
    }),
    provideTranslocoTranspiler(OnceRead),
    provideEnvironmentInitializer(() => void inject(Language)),
  ]);
}
