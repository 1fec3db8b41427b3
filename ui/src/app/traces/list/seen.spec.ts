import { TraceSummary } from '../../core/api/schema';
import { NOTHING_SEEN, withSeen } from './seen';

const trace = (more: Partial<TraceSummary>): TraceSummary =>
  ({ name: 'spin', services: [], ...more }) as Partial<TraceSummary> as TraceSummary;

describe('what traces can be chosen by', () => {
  it('is what any of them had, each once', () => {
    const first = withSeen(NOTHING_SEEN, [
      trace({ release: '1.0.0', player: 'p1' }),
      trace({ release: '1.1.0', name: 'pageload' }),
    ]);
    const seen = withSeen(first, [trace({ release: '1.0.0', player: 'p2' }), trace({})]);
    expect([[...seen.names], [...seen.releases], [...seen.players]]).toEqual([
      ['spin', 'pageload'],
      ['1.0.0', '1.1.0'],
      ['p1', 'p2'],
    ]);
    expect(seen.releases).toBe(first.releases);
  });

  it('is bounded, and those that came first go', () => {
    const many = Array.from({ length: 250 }, (_, number) => trace({ name: `trace ${number}` }));
    const names = [...withSeen(NOTHING_SEEN, many).names];
    expect([names.length, names[0], names.at(-1)]).toEqual([200, 'trace 50', 'trace 249']);
  });
});
