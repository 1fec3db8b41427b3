import { TestBed } from '@angular/core/testing';
import fc from 'fast-check';

import { Key, Language, isKey, provideLanguages } from './language';
import { LANGS } from './language-of';
import { en } from './words/en';

/** Every phrase, by its key, with the names of its values. */
function phrases(node: object, path = ''): { key: Key; names: string[] }[] {
  return Object.entries(node).flatMap(([name, value]: [string, unknown]) => {
    const key = path === '' ? name : `${path}.${name}`;
    if (typeof value === 'object' && value !== null) return phrases(value, key);
    if (typeof value !== 'string' || !isKey(key)) throw new Error(`${key} is no phrase`);
    const names = [...value.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map(([, each]) => each ?? '');
    return [{ key, names: [...new Set(names)] }];
  });
}

describe('values in a phrase', () => {
  const all = phrases(en).filter(({ names }) => names.length > 0);
  const names = [...new Set(all.flatMap(({ names }) => names))];

  it('stand there as they came, whatever they look like', () => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const language = TestBed.inject(Language);
    const part = fc.oneof(
      fc.constantFrom(...names).map((name) => `{{ ${name} }}`),
      fc.constantFrom(...names).map((name) => `{{${name}}}`),
      fc.constantFrom(...phrases(en).map(({ key }) => `{{ ${key} }}`)),
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
    fc.assert(
      fc.property(
        fc.constantFrom(...all),
        fc.constantFrom(...LANGS),
        fc.array(text, { minLength: 8, maxLength: 8 }),
        ({ key, names }, lang, texts) => {
          language.choose(lang);
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
    language.choose('en');
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
    expect(say('viewer.list.own', { service: 'x'.repeat(1e6), time: '1 ms' }).length).toBeLessThan(
      400,
    );
    expect(say('viewer.list.own', { service: 'שלום', time: '1 ms' })).toContain('\u2068שלום\u2069');
    expect(say('viewer.list.own', { service: 'a\u202eb', time: '1 ms' })).toContain('a⟨U+202E⟩b');
  });
});
