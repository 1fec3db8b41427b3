import { ReportGateway } from './report-gateway';

describe('the gateway of the report', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('asks for a day, and ends a request that is cancelled', () => {
    const fetched = vi.fn<(address: string, init: RequestInit) => Promise<Response>>(
      () => new Promise(() => undefined),
    );
    vi.stubGlobal('fetch', fetched);
    const cancel = new AbortController();
    void new ReportGateway().dailyReport('2026-01-31', cancel.signal);
    const [address, { signal } = {}] = fetched.mock.calls[0] ?? [];
    expect(address).toBe('/api/v1/reports/daily?day=2026-01-31');
    expect(signal?.aborted).toBe(false);
    cancel.abort();
    expect(signal?.aborted).toBe(true);
  });
});
