import {
  EnvironmentProviders,
  Injectable,
  Signal,
  computed,
  effect,
  inject,
  makeEnvironmentProviders,
  provideEnvironmentInitializer,
} from '@angular/core';
import { TranslocoService, provideTransloco } from '@jsverse/transloco';

import { Lang, LANGS } from './language-of';
import { Formats, formatsFor } from './money';
import { Preferences } from './preferences';
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

/** The chosen language: its phrases, and how it writes numbers, money and dates. */
@Injectable({ providedIn: 'root' })
export class Language {
  private readonly preferences = inject(Preferences);
  private readonly transloco = inject(TranslocoService);

  readonly active: Signal<Lang> = this.preferences.lang;
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
    this.preferences.chooseLang(lang);
  }

  switch(): void {
    this.choose(this.active() === 'ru' ? 'en' : 'ru');
  }
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
    provideEnvironmentInitializer(() => void inject(Language)),
  ]);
}
