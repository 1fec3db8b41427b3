import fc from 'fast-check';

import { brief, isolated, joined, legible } from './legible';

const HIDDEN = /(?![\t\n])\p{Cc}|[\u200e\u200f\u202a-\u202e\u2066\u2067]|\p{Surrogate}/u;
const anyText = fc.string({ unit: 'binary' });

describe('a text from outside', () => {
  it('shows what is hidden in it', () => {
    expect(legible('pay\u202etxt.exe')).toBe('pay⟨U+202E⟩txt.exe');
    expect(legible('a\u001b[31mb\u0000\u007f')).toBe('a␛[31mb␀␡');
    expect(legible('half \ud83d of it')).toBe('half ⟨U+D83D⟩ of it');
    expect(legible('two\nlines\tand 👩‍👩‍👧 می‌خواهم')).toBe('two\nlines\tand 👩‍👩‍👧 می‌خواهم');
  });

  it('hides nothing, and is the same when that is said of it twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = legible(text);
        expect(once).not.toMatch(HIDDEN);
        expect(legible(once)).toBe(once);
        expect(legible(isolated(text))).toBe(isolated(text));
      }),
    );
  });

  it('turns no neighbour, whichever isolates it opens and never ends', () => {
    const depth = (text: string): number[] => {
      let open = 0;
      return [...text].map((letter) => {
        if (letter === '\u2068') open += 1;
        if (letter === '\u2069') open -= 1;
        return open;
      });
    };
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'ש', '\u2068', '\u2069', '\u202e', ' ') }),
        (text) => {
          const open = depth(isolated(text));
          expect(Math.min(0, ...open)).toBe(0);
          expect(open.at(-1) ?? 0).toBe(0);
        },
      ),
    );
    expect(joined(' · ', ['שלום', '', 'GET /'])).toBe('\u2068שלום\u2069 · GET /');
  });

  it('is cut between characters', () => {
    expect(brief('abcdef', 6)).toBe('abcdef');
    expect(brief('abcdefg', 6)).toBe('abcde…');
    expect(brief('abcd😀fgh', 6)).toBe('abcd…');
  });
});
