import { ErrorHandler } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import fc from 'fast-check';

import { languageNamed } from '../../testing/languages';
import { remembered } from '../api/remembered';
import { Key, Language, isKey, loadLanguage, provideLanguages } from './language';
import { LANGUAGES } from './languages';
import { phrasebook } from './phrases';

/** Every phrase without a count, by key, with the names of its values. */
async function phrases(): Promise<{ key: Key; names: string[] }[]> {
  const { firstScreen, pages } = languageNamed('en');
  const book = phrasebook((await firstScreen()).firstScreen, (await pages()).pages);
  return [...book].flatMap(([key, phrase]) => {
    if (typeof phrase !== 'string') return [];
    if (!isKey(key)) throw new Error(`${key} is no phrase`);
    const names = [...phrase.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, each]) => each ?? '');
    return [{ key, names: [...new Set(names)] }];
  });
}

describe('values in a phrase', () => {
  afterEach(() => TestBed.inject(Language).choose(languageNamed('en')));

  it('stand there as they came, whatever they look like', async () => {
    const every = await phrases();
    const all = every.filter(({ names }) => names.length > 0);
    const names = [...new Set(all.flatMap(({ names }) => names))];
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const language = TestBed.inject(Language);
    const part = fc.oneof(
      fc.constantFrom(...names).map((name) => `{{ ${name} }}`),
      fc.constantFrom(...names).map((name) => `{{${name}}}`),
      fc.constantFrom(...every.map(({ key }) => `{{ ${key} }}`)),
      fc.constantFrom(
        '{{',
        '}}',
        '$&',
        '$1',
        "$'",
        '$`',
        '\\',
        '${x}',
        '{id}',
        '',
        '__proto__',
        ' ',
      ),
      fc.string(),
    );
    const text = fc.array(part, { maxLength: 4 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...all),
        fc.constantFrom(...LANGUAGES),
        fc.array(text, { minLength: 8, maxLength: 8 }),
        async ({ key, names }, entry, texts) => {
          await language.choose(entry);
          const values = names.map((name, index) => [name, texts[index % 8] ?? ''] as const);
          const said = language.say(key, Object.fromEntries(values));
          for (const [, value] of values) expect(said).toContain(value);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('are none of the phrases, however they are called', () => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const language = TestBed.inject(Language);
    const { say } = language;
    expect(say('viewer.list.badTitle', { status: 'viewer.list.title', errors: 1 })).toContain(
      'viewer.list.title',
    );
    expect(say('viewer.list.badTitle', {})).not.toContain('{{');
    for (const name of ['constructor', '__proto__', 'viewer.list.constructor', 'viewer', ''])
      expect(isKey(name)).toBe(false);
  });

  it('have no more room than a sentence has, and turn nothing in it', () => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const { say } = TestBed.inject(Language);
    expect(say('viewer.list.own', { actor: 'x'.repeat(1e6), time: '1 ms' }).length).toBeLessThan(
      400,
    );
    expect(say('viewer.list.own', { actor: 'שלום', time: '1 ms' })).toContain('\u2068שלום\u2069');
    expect(say('viewer.list.own', { actor: 'a\u202eb', time: '1 ms' })).toContain('a⟨U+202E⟩b');
  });
});

describe('the language of the page', () => {
  beforeEach(() => TestBed.configureTestingModule({ providers: [provideLanguages()] }));
  afterEach(() => TestBed.inject(Language).choose(languageNamed('en')));

  it('counts as the language does', async () => {
    const language = TestBed.inject(Language);
    expect([1, 2, 5].map((count) => language.count('par.stops', count))).toEqual([
      '1 stop',
      '2 stops',
      '5 stops',
    ]);
    await language.choose(languageNamed('ru'));
    const forms = [1, 2, 5].map((count) => language.count('par.stops', count).slice(2));
    expect(new Set(forms).size).toBe(3);
    expect(language.count('traffic.spins', 12_345)).toContain('12\u00a0345');
  });

  it('says a message by its phrase, and the sentence of a service as it is', () => {
    const language = TestBed.inject(Language);
    const params = { seconds: 2 };
    const phrase = { key: 'problem.rate_limited.todo', params } as const;
    expect(language.text(phrase)).toBe(language.say(phrase.key, params));
    expect(language.text({ literal: 'No {{ seconds }} left.' })).toBe('No {{ seconds }} left.');
  });

  it('is the one that was chosen last, is remembered, and is told to the browser', async () => {
    const language = TestBed.inject(Language);
    const first = language.choose(languageNamed('ru'));
    const last = language.choose(languageNamed('en'));
    await Promise.all([first, last]);
    TestBed.tick();
    expect([language.active(), remembered('language'), document.documentElement.lang]).toEqual([
      'en',
      'en',
      'en',
    ]);
  });

  it('is as before where another one cannot be loaded, which is reported', async () => {
    const handleError = vi.fn();
    TestBed.overrideProvider(ErrorHandler, { useValue: { handleError } });
    const language = TestBed.inject(Language);
    const gone = new Error('gone');
    await language.choose({ ...languageNamed('ru'), pages: () => Promise.reject(gone) });
    expect(handleError).toHaveBeenCalledWith(gone);
    expect([language.active(), language.rest()]).toEqual(['en', 'loaded']);
  });

  it('is the one that was chosen last, however long the phrases of the first take', async () => {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((come) => (resolve = come));
    const english = languageNamed('en');
    await loadLanguage({ ...english, pages: () => promise.then(() => english.pages()) });
    const language = TestBed.inject(Language);
    await language.choose(languageNamed('ru'));
    resolve();
    await language.wholeOrFailed();
    expect([language.active(), language.rest()]).toEqual(['ru', 'loaded']);
    await language.choose(english);
  });

  it('is another one where the first screen of its own cannot be loaded', async () => {
    const lost = { ...languageNamed('ru'), firstScreen: () => Promise.reject(new Error('gone')) };
    await loadLanguage(lost);
    const language = TestBed.inject(Language);
    await language.wholeOrFailed();
    expect(language.rest()).toBe('loaded');
    await language.choose(languageNamed('en'));
  });

  it('is followed by each of the others in turn', async () => {
    const language = TestBed.inject(Language);
    const seen: string[] = [];
    while (seen.length < LANGUAGES.length) {
      await language.next();
      seen.push(language.active());
    }
    expect(seen.toSorted()).toEqual(LANGUAGES.map(({ code }) => code).toSorted());
  });
});
