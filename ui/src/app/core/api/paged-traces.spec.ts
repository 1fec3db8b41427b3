import { TRACE } from '../../testing/replies';
import { Gateway } from './gateway';
import { PagedTraces } from './paged-traces';
import { TraceSummary } from './schema';

const trace = (trace_id: string): TraceSummary => ({ ...TRACE, trace_id }) as TraceSummary;

describe('traces that are read page by page', () => {
  const gateway = { traces: vi.fn() };
  const page = (id: string, next?: string) => ({ traces: [trace(id)], next, indexed: true });
  const pages = (): PagedTraces => new PagedTraces(gateway as unknown as Gateway, 2);

  beforeEach(() => vi.resetAllMocks());

  it('are read to the end, or until it is enough', async () => {
    gateway.traces.mockResolvedValueOnce(page('a', 'x')).mockResolvedValueOnce(page('b'));
    const read: string[] = [];
    const take = ({ traces }: { traces: readonly TraceSummary[] }): boolean => {
      read.push(...traces.map(({ trace_id }) => trace_id));
      return true;
    };
    expect(await pages().read({ limit: 1 }, take)).toBe(true);
    expect(read).toEqual(['a', 'b']);
    expect(gateway.traces.mock.calls).toEqual([[{ limit: 1 }], [{ limit: 1, cursor: 'x' }]]);
    gateway.traces.mockResolvedValueOnce(page('a', 'x'));
    expect(await pages().read({}, () => false)).toBe(true);
    expect(gateway.traces).toHaveBeenCalledTimes(3);
  });

  it('come with the last of what was told meanwhile', async () => {
    const reading = pages();
    let answer: (found: unknown) => void = () => undefined;
    gateway.traces.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    let told: string[] = [];
    reading.tell(trace('before'));
    const read = reading.read({}, (_, meanwhile) => {
      told = [...meanwhile.keys()];
      return true;
    });
    for (const id of ['a', 'b', 'a', 'c']) reading.tell(trace(id));
    answer(page('x'));
    await read;
    expect(told).toEqual(['a', 'c']);
  });

  it('are overtaken by a later reading, also where they are not answered', async () => {
    const reading = pages();
    const take = vi.fn(() => true);
    gateway.traces.mockRejectedValueOnce(new Error('away')).mockResolvedValueOnce(page('a'));
    const first = reading.read({}, take);
    expect(await reading.read({}, () => true)).toBe(true);
    expect(await first).toBe(false);
    gateway.traces.mockResolvedValueOnce(page('b'));
    const ended = reading.read({}, take);
    reading.end();
    expect(await ended).toBe(false);
    expect(take).not.toHaveBeenCalled();
    gateway.traces.mockRejectedValueOnce(new Error('away'));
    await expect(reading.read({}, take)).rejects.toThrow('away');
  });
});
