import { Gateway } from './gateway';
import { NoAnswer, ApiProblem } from './api-problem';

describe('the gateway', () => {
  function answering(answer: () => Response | Promise<Response>) {
    const fetched = vi.fn<(address: string, init: RequestInit) => Promise<Response>>(() =>
      Promise.resolve(answer()),
    );
    vi.stubGlobal('fetch', fetched);
    return fetched;
  }
  afterEach(() => vi.unstubAllGlobals());

  it('asks by the path alone, with what the contract names', async () => {
    const fetched = answering(() => Response.json({ traces: [] }));
    await new Gateway().traces({ name: 'a b', limit: 5 });
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/telemetry/traces?name=a%20b&limit=5');
    await new Gateway().spin('token', 'key', 100);
    const [address, init] = fetched.mock.calls[1] ?? [];
    expect(address).toBe('/api/v1/spins');
    expect(init).toMatchObject({
      method: 'POST',
      headers: { authorization: 'Bearer token', 'idempotency-key': 'key' },
      body: '{"stake":100}',
    });
  });

  it('has asked by the time of its return, so that the request is part of the spin’s trace', () => {
    const fetched = answering(() => Response.json({}));
    void new Gateway().spin('token', 'key', 100);
    void new Gateway().health();
    expect(fetched.mock.calls.map(([address]) => address)).toEqual([
      '/api/v1/spins',
      '/api/v1/health',
    ]);
  });

  it('reads numbers of senders as they were written', async () => {
    const text = '{"spans":[{"data":{"id":9007199254740993}}]}';
    answering(() => new Response(text));
    const { spans } = await new Gateway().trace('t');
    expect(String(spans[0]?.data['id'])).toBe('9007199254740993');
  });

  it('tells a refusal from no answer', async () => {
    const body = { code: 'rate_limited', detail: 'Wait.', stake_status: 'untouched' };
    const headers = { 'Retry-After': '3' };
    answering(() => Response.json(body, { status: 429, headers }));
    const problem = await new Gateway().health().catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ retryAfterSeconds: 3, body: { status: 429, ...body } });
    answering(() => new Response('<html>', { status: 502 }));
    await expect(new Gateway().health()).rejects.toMatchObject({ code: 'internal' });
    answering(() => Promise.reject(new TypeError('network')));
    await expect(new Gateway().health()).rejects.toBeInstanceOf(NoAnswer);
  });

  it('takes an answer without a body', async () => {
    const fetched = answering(() => new Response(null, { status: 204 }));
    await expect(new Gateway().readSetAside('a/b')).resolves.toBeUndefined();
    expect(fetched.mock.calls[0]?.[0]).toBe('/api/notices/a%2Fb');
  });
});
