import { micros } from '../api/micros';
import { formatsFor, minorUnits } from './formats';
import { units as english } from './languages/en/units';
import { FORMATS } from '../../testing/languages';

const NBSP = '\u00a0';

describe('money and numbers', () => {
  const check = (actual: string, expected: string): void =>
    expect(actual.replaceAll(' ', '␠')).toBe(expected.replaceAll(' ', '␠'));

  it('writes roubles with non-breaking spaces, the sign last, in both languages', () => {
    check(FORMATS.ru.money(103500, 'RUB'), `1${NBSP}035,00${NBSP}₽`);
    check(FORMATS.en.money(103500, 'RUB'), `1,035.00${NBSP}₽`);
  });

  it('takes the number of minor digits from the currency', () => {
    check(FORMATS.en.amount(1234, 'RUB'), '12.34');
    check(FORMATS.en.amount(1234, 'JPY'), '1,234');
  });

  it('marks changes with a plus or a true minus, and nothing with neither', () => {
    check(FORMATS.ru.change(4500, 'RUB'), '+45,00');
    check(FORMATS.ru.change(-1000, 'RUB'), '−10,00');
    check(FORMATS.en.change(0, 'RUB'), '0.00');
  });

  it('writes exact integers beyond the reach of a double', () => {
    check(FORMATS.en.integer('9007199254740993'), '9,007,199,254,740,993');
  });

  it('writes per cent from per cent', () => {
    check(FORMATS.ru.percent(96.014), `96,01${NBSP}%`);
    check(FORMATS.en.percent(31.2, 1), '31.2%');
  });

  it('changes from milliseconds to seconds at one second', () => {
    check(FORMATS.ru.duration(312.4), `312${NBSP}мс`);
    check(FORMATS.en.duration(999.7), `1.00${NBSP}s`);
    check(FORMATS.en.duration(4821), `4.82${NBSP}s`);
  });

  it('writes the time of a span to three figures', () => {
    const { lapse, lapseChange, mark } = FORMATS.en;
    const told = [0, 14, 999, 999.7, 2_140, 9_996, 99_960, 513_400, 999_600, 3_912_345].map(
      (span) => lapse(micros(span)).replaceAll(NBSP, ' '),
    );
    expect(told).toEqual([
      '0 µs',
      '14 µs',
      '999 µs',
      '1.00 ms',
      '2.14 ms',
      '10.0 ms',
      '100 ms',
      '513 ms',
      '1.00 s',
      '3.91 s',
    ]);
    check(FORMATS.ru.lapse(micros(2_140)), `2,14${NBSP}мс`);
    check(lapseChange(micros(-2_410_000)), `−2.41${NBSP}s`);
    check(lapseChange(micros(1_500)), `+1.50${NBSP}ms`);
    check(mark(micros(1_500_000)), `1.5${NBSP}s`);
    check(mark(micros(20_000)), `20${NBSP}ms`);
  });

  it('goes on in minutes and hours', () => {
    const told = [59_994_000, 59_996_000, 125_000_000, 3_599_600_000, 86_400_000_000].map((span) =>
      FORMATS.en.lapse(micros(span)).replaceAll(NBSP, ' '),
    );
    expect(told).toEqual(['59.99 s', '1 min 00 s', '2 min 05 s', '1 h 00 min', '24 h 00 min']);
    check(FORMATS.ru.lapseChange(micros(-65_000_000)), `−1${NBSP}мин${NBSP}05${NBSP}с`);
  });

  it('writes no two marks of a ruler alike', () => {
    for (const lang of ['ru', 'en'] as const) {
      const { mark } = FORMATS[lang];
      for (const start of [0, 5, 999_000, 3_599_000_000, 86_400_000_000, 30 * 86_400_000_000])
        for (const step of [
          1, 2, 5, 10, 200, 5_000, 1_000_000, 20_000_000, 60_000_000, 3_600_000_000,
        ]) {
          const marks = [0, 1, 2, 3, 4, 5].map((at) =>
            mark(micros((Math.ceil(start / step) + at) * step), micros(step)),
          );
          expect(new Set(marks).size, `${start} ${step} ${marks.join()}`).toBe(6);
        }
    }
  });

  it('writes a time of another day with its day, and says the zone', () => {
    vi.useFakeTimers({ now: new Date(2026, 5, 15, 12) });
    const at = (...day: [number, number, number]) => micros(new Date(...day, 9).getTime() * 1000);
    const { when, clock, zoned } = FORMATS.en;
    expect(when(at(2026, 5, 15))).toBe(clock(at(2026, 5, 15)));
    expect(when(at(2026, 4, 16))).toBe('16 May');
    expect(when(at(2025, 11, 31))).toBe('31/12/2025');
    expect(FORMATS.ru.when(at(2026, 4, 16))).toBe('16 мая');
    expect(zoned(at(2026, 4, 16))).toMatch(/GMT/);
    vi.useRealTimers();
  });

  it('writes how long ago something was, in its largest unit', () => {
    const now = 1_800_000_000_000;
    const ago = (seconds: number): string[] =>
      [FORMATS.en, FORMATS.ru].map(({ ago }) =>
        ago(micros((now / 1000 - seconds) * 1_000_000), now).replaceAll('\u00a0', ' '),
      );
    expect(ago(12)[1]).toBe('12 сек. назад');
    expect(ago(12)[0]).toMatch(/^12 sec\.? ago$/);
    expect(ago(59 * 60 + 59)[1]).toBe('59 мин. назад');
    expect(ago(3 * 86_400)[0]).toBe('3 days ago');
    // A clock that is ahead.
    expect(ago(-5)[0]).toBe('now');
  });

  it('takes money of any currency, known or not', () => {
    check(FORMATS.en.money(minorUnits(1234, 'JPY'), 'JPY'), `1,234${NBSP}¥`);
    check(FORMATS.en.money(minorUnits(1.5, 'KWD'), 'KWD'), `1.500${NBSP}KWD`);
    for (const code of ['BITCOIN', '', '{{ x }}', '__proto__'])
      check(FORMATS.en.money(minorUnits(1.5, code), code), `1.50${NBSP}${code}`);
  });

  it('creates no format when one is used again, in any language', () => {
    const { en, ru } = FORMATS;
    const at = micros(1_700_000_000_000_000);
    const writeAll = (): void => {
      for (const formats of [en, ru]) {
        formats.money(4500, 'RUB');
        formats.change(-4500, 'RUB');
        formats.number(1.5, 1);
        formats.percent(31.2, 1);
        formats.integer('9007199254740993');
        formats.duration(4821);
        formats.lapse(micros(2_140));
        formats.mark(micros(1_500_000), micros(500_000));
        formats.mark(micros(20_000));
        formats.when(at);
        formats.zoned(at);
        formats.timeMark(at, micros(1_000_000));
        formats.clock(at);
        formats.date(at);
        formats.plural(2);
        formats.unitOf('s');
      }
    };
    writeAll();
    const numbers = vi.spyOn(Intl, 'NumberFormat');
    const dates = vi.spyOn(Intl, 'DateTimeFormat');
    const plurals = vi.spyOn(Intl, 'PluralRules');

    for (let call = 0; call < 100; call += 1) writeAll();
    // A language that is chosen again.
    formatsFor('en-GB', english).percent(31.2, 1);

    for (const created of [numbers, dates, plurals]) {
      expect(created).not.toHaveBeenCalled();
      created.mockRestore();
    }
  });

  it('knows the Russian plural forms', () => {
    const { plural } = FORMATS.ru;
    expect([1, 2, 5, 21].map(plural)).toEqual(['one', 'few', 'many', 'one']);
  });
});
