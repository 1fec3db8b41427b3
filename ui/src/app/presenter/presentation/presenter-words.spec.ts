import { TestBed } from '@angular/core/testing';

import { FixState } from '../../core/api/schema';
import { Language, provideLanguages } from '../../core/i18n/language';
import { claimKey, enoughWords, fixWords } from './presenter-words';

describe('the words of what is measured', () => {
  let language: Language;
  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    language = TestBed.inject(Language);
  });

  it('tell too few spins from none, in the words of the other pages', () => {
    const words = (measured: number | null): readonly string[] => [
      language.say(claimKey({ verdict: 'too_few', measured })),
      enoughWords(language, { enough: 150, measured }),
    ];
    expect(words(20)).toEqual(['too few spins to say', 'about 150 spins are enough']);
    expect(words(null)).toEqual(['not measured yet', '']);
    expect(language.say(claimKey({ verdict: 'borne_out', measured: 10 }))).toBe('borne out');
    expect(enoughWords(language, { enough: null, measured: 10 })).toBe('');
  });

  it('say how many spins would judge a fix', () => {
    const figures = { before: '10%', after: '0%' };
    const fix = { verdict: 'too_few', enough: 37, before: 10, after: 0 } as FixState;
    expect(fixWords(language, fix, figures)).toBe('too few spins to say (enough: 37 on each side)');
    expect(fixWords(language, { ...fix, after: null }, figures)).toBe('too few spins to say');
    expect(fixWords(language, { ...fix, verdict: 'helped', enough: null }, figures)).toBe(
      'It helped: 10% → 0%',
    );
  });
});
