import { recall, remember, remembered } from './remembered';

describe('what a person has set', () => {
  let kept: Record<string, unknown>;
  let fails: boolean;
  let status: number;
  let puts: unknown[];

  beforeEach(() => {
    vi.useFakeTimers();
    localStorage.clear();
    [kept, fails, status, puts] = [{}, false, 200, []];
    vi.stubGlobal('fetch', async (_address: string, init?: RequestInit) => {
      if (fails) throw new TypeError('no gateway');
      if (init?.method === 'PUT') {
        const change = JSON.parse(String(init.body)) as Record<string, unknown>;
        puts.push(change);
        if (status !== 200) return Promise.resolve(new Response('', { status }));
        kept = { ...kept, ...change };
      }
      return Promise.resolve(Response.json(kept));
    });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const settled = () => vi.advanceTimersByTimeAsync(0);

  it('is asked of the program and told to it', async () => {
    kept = { language: 'ru', turbo: true };
    await recall();
    expect([remembered('language'), remembered('turbo'), remembered('sound')]).toEqual([
      'ru',
      true,
      undefined,
    ]);
    remember('language', 'en');
    expect(remembered('language')).toBe('en');
    await settled();
    expect(puts).toEqual([{ language: 'en' }]);
  });

  it('is told again until the program has taken it, the newest of each', async () => {
    await recall();
    fails = true;
    remember('language', 'ru');
    remember('turbo', true);
    await settled();
    remember('language', 'en');
    await settled();
    fails = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(kept).toEqual({ language: 'en', turbo: true });
    // Once the value is stored, nothing more is sent.
    const written = puts.length;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(puts.length).toBe(written);
  });

  it('is taken over from the browser once', async () => {
    kept = { account: 'RS-000007', turbo: true };
    localStorage.setItem('reelscope.lang', 'ru');
    localStorage.setItem('reelscope.account', 'RS-000002');
    localStorage.setItem('reelscope.sound', 'on');
    localStorage.setItem('reelscope.unfinished.k', '{}');
    status = 503;
    await recall();
    await settled();
    // The program does not have the value yet.
    expect(localStorage.getItem('reelscope.account')).toBe('RS-000002');
    status = 200;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(kept).toEqual({ account: 'RS-000002', language: 'ru', sound: true, turbo: true });
    expect(localStorage.getItem('reelscope.account')).toBeNull();
    expect(localStorage.getItem('reelscope.unfinished.k')).toBe('{}');
  });

  it('is not told again where it is known or refused', async () => {
    kept = { language: 'ru' };
    await recall();
    remember('language', 'ru');
    await settled();
    expect(puts).toEqual([]);
    status = 413;
    remember('language', 'en');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(puts.length).toBe(1);
  });

  it('begins anew where nobody answers, and overwrites nothing', async () => {
    kept = { language: 'ru' };
    localStorage.setItem('reelscope.lang', 'en');
    fails = true;
    await recall();
    expect(remembered('language')).toBeUndefined();
    fails = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(puts).toEqual([]);
    expect(localStorage.getItem('reelscope.lang')).toBe('en');
  });
});
