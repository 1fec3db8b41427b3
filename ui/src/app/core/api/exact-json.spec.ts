import fc from 'fast-check';

import { ExactNumber, readJson, writeJson } from './exact-json';

/** Numbers without an exponent. */
function textOf(value: unknown): string {
  return typeof value === 'number' ? String(BigInt(value)) : String(value);
}

describe('JSON without loss', () => {
  it('has every integer that was sent, read and written', () => {
    const integer = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n });
    const value = fc.oneof(
      integer.map((each) => ({ json: String(each), text: String(each) })),
      fc.string({ unit: 'binary' }).map((text) => ({ json: JSON.stringify(text), text })),
      integer.map((each) => ({ json: `"${each}"`, text: String(each) })),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), (values) => {
        const read = readJson(`{"data":[${values.map(({ json }) => json).join(',')}]}`) as {
          data: unknown[];
        };
        expect(read.data.map(textOf)).toEqual(values.map(({ text }) => text));
        expect(writeJson(readJson(writeJson(read, 2)), 2)).toBe(writeJson(read, 2));
      }),
      { numRuns: 40 },
    );
  });

  it('has every fraction that a double does not hold, as it was written', () => {
    for (const number of [
      '0.12345678901234567890123',
      '1e400',
      '-2.5e-400',
      '123456789012345678.5',
    ]) {
      const json = `{"data":[${number},0.1,1.50,1E2]}`;
      expect(writeJson(readJson(json))).toBe(`{"data":[${number},0.1,1.5,100]}`);
    }
  });

  it('keeps what a sender meant, and numbers of the protocol as numbers', () => {
    const read = readJson(
      '{"start_us":99999999999999999,"data":{"id":780177723283783681,"deep":[{"n":-9223372036854775808}],"safe":9007199254740991,"half":0.5}}',
    ) as { start_us: unknown; data: Record<string, unknown> };
    expect(read.start_us).toBe(1e17);
    expect(read.data['id']).toBeInstanceOf(ExactNumber);
    expect(String(read.data['id'])).toBe('780177723283783681');
    expect(read.data['safe']).toBe(9007199254740991);
    expect(read.data['half']).toBe(0.5);
    expect(writeJson(read)).toContain('{"n":-9223372036854775808}');
  });

  it('reads numbers in strings, quotes and marks of its own as strings', () => {
    for (const text of ['9007199254740993', 'a "9007199254740993" b', '\\', '\\"'])
      expect(
        readJson(JSON.stringify({ data: [text, 1] }).replace('1]', '9007199254740993]')),
      ).toEqual({
        data: [text, new ExactNumber('9007199254740993')],
      });
  });

  it('refuses what is no JSON, as the language does', () => {
    for (const text of ['', '{', '[9007199254740993', '{"a":-}', '12345678901234567890x'])
      expect(() => readJson(text)).toThrow(SyntaxError);
  });
});
