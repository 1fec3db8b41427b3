import { scrubbed } from './scrubbed';

const lines = (payload: unknown): string[] =>
  scrubbed(payload).map(({ path, rule }) => `${path} ${rule}`);

describe('what was scrubbed', () => {
  it('is every path with its rule', () => {
    const payload = {
      user: { email: '[Filtered]' },
      _meta: {
        user: { email: { '': { rem: [['@email:filter', 's', 0, 10]], len: 17 } } },
        breadcrumbs: {
          values: { '2': { message: { '': { rem: [['@password:filter', 's', 4, 14]] } } } },
        },
        request: { '': { rem: [['@anything:remove', 'x']] } },
      },
    };
    expect(lines(payload)).toEqual([
      'user.email @email:filter',
      'breadcrumbs.values.2.message @password:filter',
      'request @anything:remove',
    ]);
  });

  it('is one line for a rule that hit a text more than once', () => {
    const rem = [
      ['@email:filter', 's', 0, 10],
      ['@email:filter', 's', 20, 30],
      ['@ip:filter', 's', 40, 50],
    ];
    expect(lines({ _meta: { message: { '': { rem } } } })).toEqual([
      'message @email:filter',
      'message @ip:filter',
    ]);
  });

  it('is nothing where nothing was, and no payload breaks it', () => {
    for (const payload of [null, 7, 'text', [], {}, { _meta: null }, { _meta: 'x' }])
      expect(lines(payload)).toEqual([]);
    expect(lines({ _meta: { a: { '': { len: 3 } }, b: { '': { rem: 'x' } } } })).toEqual([]);
    expect(lines({ _meta: { a: { '': { rem: [[], 7] } } } })).toEqual(['a ?']);
  });
});
