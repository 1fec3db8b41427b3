import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { provideLanguages } from '../core/i18n/language';
import { Pages } from '../core/ui/pages';
import { KeyList } from './key-list';
import { Place, Pressed, keyMeaning, pageOfKey, presenterMeaning } from './key-meaning';

/** What is written on a key of the codes that are looked through. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ...[...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => [`Key${letter}`, letter] as const),
  ...[...'0123456789'].map((digit) => [`Digit${digit}`, digit] as const),
  ...Array.from({ length: 12 }, (_, at) => [`F${at + 1}`, `F${at + 1}`] as const),
  ['Space', 'Space'],
  ['ArrowUp', '↑'],
  ['ArrowDown', '↓'],
  ['PageUp', 'PgUp'],
  ['PageDown', 'PgDn'],
  ['Escape', 'Esc'],
  ['Period', '.'],
]);
/** Keys that mean what their neighbours do. */
const ALSO = ['ArrowLeft', 'ArrowRight'];

function pressed(code: string): Pressed {
  return { key: '', code, ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };
}

describe('the list of keys', () => {
  it('has every key that has a meaning, and no other', () => {
    TestBed.configureTestingModule({
      providers: [provideLanguages(), { provide: Pages, useValue: { shown: signal('machine') } }],
    });
    const fixture = TestBed.createComponent(KeyList);
    fixture.detectChanges();
    const page = fixture.nativeElement as HTMLElement;
    const listed = [...page.querySelectorAll('dt')].map((row) =>
      [...row.querySelectorAll('kbd')].map((key) => key.textContent),
    );

    const places: readonly Place[] = ['page', 'panel', 'sheet', 'viewer'];
    const meant = [...WRITTEN]
      .filter(
        ([code]) =>
          places.some((place) => keyMeaning(pressed(code), place) !== null) ||
          presenterMeaning(pressed(code), 'page', true) !== null,
      )
      .map(([, written]) => written);
    const pages = [...WRITTEN]
      .filter(([code]) => pageOfKey(pressed(code), 'page') !== undefined)
      .map(([, written]) => written);

    const sequences = listed.filter(([first, second]) => first === 'G' && second !== undefined);
    expect(sequences.map(([, second]) => second).toSorted()).toEqual(pages.toSorted());
    const alone = new Set(listed.filter((row) => !sequences.includes(row)).flat());
    expect([...alone, 'G'].toSorted()).toEqual([...meant, '?'].toSorted());
    for (const code of ALSO) expect(keyMeaning(pressed(code), 'page')).not.toBeNull();
  });
});
