import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { micros } from '../../core/api/micros';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceSummary } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { ResizeObserverDouble } from '../../testing/resize-observer-double';
import { StreamDouble } from '../../testing/stream-double';
import { SHARE, TRACE } from '../../testing/replies';
import { TraceListPage } from './list-page';

const trace = (number: number, more: Partial<TraceSummary> = {}): TraceSummary => ({
  ...TRACE,
  trace_id: `t${number}`,
  name: 'slot-machine-spin',
  op: 'ui.action',
  service: 'frontend',
  first_envelope: number,
  start_us: micros(number * 1_000_000),
  duration_us: micros(100_000),
  root_us: micros(100_000),
  spans: 1,
  transactions: 1,
  errors: 0,
  logs: 0,
  status: 'ok',
  ok: true,
  measurements: {},
  problems: [],
  virtual_player: false,
  services: [
    {
      ...SHARE,
      service: 'frontend',
      transactions: 1,
      errors: 0,
      own_us: micros(1),
      waiting_us: micros(1),
    },
  ],
  external: [],
  critical_path: [],
  oddities: [],
  ...more,
});

describe('the page of the traces', () => {
  const gateway = { traces: vi.fn() };
  const query = signal(new URLSearchParams());
  const returnedFrom = signal<string | null>(null);
  const address = { query, returnedFrom, change: vi.fn(), go: vi.fn(), follow: vi.fn() };
  let stream: StreamDouble;
  let fixture: ComponentFixture<TraceListPage>;
  let page: HTMLElement;

  async function shown(...traces: TraceSummary[]): Promise<void> {
    gateway.traces.mockResolvedValue({ traces, indexed: true });
    fixture = TestBed.createComponent(TraceListPage);
    page = fixture.nativeElement as HTMLElement;
    await settled();
  }
  async function settled(): Promise<void> {
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }
  const all = (name: string): HTMLElement[] => [
    ...page.querySelectorAll<HTMLElement>(`[data-test="${name}"]`),
  ];
  const one = (name: string): HTMLElement => all(name)[0] ?? expect.fail(`no ${name}`);
  const text = (name: string): string => one(name).textContent.replaceAll('\u00a0', ' ').trim();
  const press = (key: string, code = key): void => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key, code, cancelable: true }));
  };
  const options = (name: string): string[] =>
    [...one(name).querySelectorAll('option')].map((option) => option.value);

  beforeEach(() => {
    vi.resetAllMocks();
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    query.set(new URLSearchParams());
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
  });
  afterEach(() => {
    fixture.destroy();
    vi.unstubAllGlobals();
  });

  it('tells the time that was waited for, and beside it what went on in the background', async () => {
    await shown(
      trace(2, { duration_us: micros(4_000_000), background_us: micros(3_900_000) }),
      trace(1, { root_us: micros(20_000), duration_us: micros(20_000) }),
    );
    expect(all('trace-row')).toHaveLength(2);
    expect([text('list-p50'), text('list-p99')]).toEqual(['20.0 ms', '100 ms']);
    expect(all('trace-link').map(({ title }) => title.replaceAll('\u00a0', ' '))).toEqual([
      'slot-machine-spin · 100 ms + 3.90 s in the background',
      'slot-machine-spin',
    ]);
  });

  it('shows the shares of the critical path, and the largest by its name', async () => {
    const part = (actor: string, time_us: number) => ({ actor, time_us: micros(time_us) });
    const services = [{ ...SHARE, service: 'payment-service' }];
    const critical_path = [part('payment-provider', 77_000), part('payment-service', 23_000)];
    await shown(
      trace(1, { services, critical_path, background_us: micros(3_900_000) }),
      trace(2, { services, oddities: ['missing_root'] }),
    );
    const parts = [...page.querySelectorAll<HTMLElement>('.parts i')];
    expect(
      parts.map(({ title, style }) => [title.replaceAll('\u00a0', ' '), style.flexGrow]),
    ).toEqual([
      ['payment-provider: 77.0 ms of waiting on the critical path, outside the services', '77000'],
      ['payment-service: 23.0 ms of the critical path', '23000'],
    ]);
    expect(parts.map(({ style }) => style.background)).toEqual([
      'var(--service-payment-provider)',
      'var(--service-payment-service)',
    ]);
    const leads = [...page.querySelectorAll('.drawn .lead')].map(({ textContent }) => textContent);
    expect(leads.filter((lead) => lead.includes('%'))).toHaveLength(1);
    expect(leads.join()).toMatch(/payment-provider\s+77%/);
  });

  it('marks virtual players, and asks for them or for people', async () => {
    await shown(trace(2, { virtual_player: true }), trace(1));
    expect(all('virtual')).toHaveLength(1);
    const by = one('filter-by') as HTMLSelectElement;
    by.value = 'people';
    by.dispatchEvent(new Event('change'));
    expect(address.change).toHaveBeenCalledWith({ by: 'people' });
    query.set(new URLSearchParams('by=people'));
    gateway.traces.mockResolvedValue({ traces: [trace(1)], indexed: true });
    await settled();
    expect(gateway.traces).toHaveBeenLastCalledWith({
      name: 'slot-machine-spin',
      virtual_player: false,
      limit: 500,
    });
    expect([all('virtual').length, (one('filter-by') as HTMLSelectElement).value]).toEqual([
      0,
      'people',
    ]);
  });

  it('offers what it has seen, whatever the filter leaves', async () => {
    await shown(trace(2, { release: '1.1.0' }), trace(1, { release: '1.0.0', name: 'pageload' }));
    gateway.traces.mockResolvedValue({ traces: [trace(2, { release: '1.1.0' })], indexed: true });
    query.set(new URLSearchParams('release=1.1.0'));
    await settled();
    expect(all('filter-name'), 'spins have one name').toEqual([]);
    query.set(new URLSearchParams('release=1.1.0&what=all'));
    await settled();
    expect(all('trace-row')).toHaveLength(1);
    expect(options('filter-release')).toEqual(['', '1.0.0', '1.1.0']);
    expect(options('filter-name')).toEqual(['', 'pageload', 'slot-machine-spin']);
  });

  it('says of every list of choices that it is cut', async () => {
    const players = Array.from({ length: 200 }, (_, number) =>
      trace(number, { player: `p${number}`, name: `n${number}` }),
    );
    query.set(new URLSearchParams('what=all'));
    await shown(...players.slice(1));
    expect(one('filter-player').title).toBe('');
    expect(text('filter-name')).not.toContain('at most');
    await shown(...players);
    expect(one('filter-player').title).toBe('Listed: 200 at most');
    expect(text('filter-name')).toContain('Listed: 200 at most');
  });

  it('says how many parts of a trace its line leaves out', async () => {
    await shown(trace(1));
    expect(all('more-parts')).toEqual([]);
    await shown(trace(2, { left_out: { critical_path: 998, problems: 7 } }));
    expect(text('more-parts')).toBe('+998');
    expect(one('more-parts').title).toContain('and 998 more');
  });

  it('is walked through and opened by keyboard', async () => {
    await shown(trace(2), trace(1));
    press('ArrowDown');
    press('ArrowDown');
    await settled();
    expect(one('trace-list').getAttribute('aria-activedescendant')).toBe('trace-t1');
    press('Enter');
    expect(address.go).toHaveBeenCalledWith('/traces/t1');
  });

  it('begins at the row that the person comes back from, once the list is as new as can be', async () => {
    await shown(trace(3), trace(2), trace(1));
    fixture.destroy();
    returnedFrom.set('/traces/t2');
    await shown(trace(4), trace(3), trace(2), trace(1));
    returnedFrom.set(null);
    expect(all('trace-row')).toHaveLength(4);
    expect(one('trace-list').getAttribute('aria-activedescendant')).toBe('trace-t2');
    stream.tell('trace', trace(5));
    await settled();
    expect(all('trace-row')).toHaveLength(4);
  });

  it('leads from two rows to their comparison, the earlier first', async () => {
    await shown(trace(2), trace(1));
    all('pick')[0]?.click();
    await settled();
    expect(text('picked')).toMatch(/^Comparing slot-machine-spin/);
    all('pick')[1]?.click();
    expect(address.go).toHaveBeenCalledWith('/traces/t1/with/t2');
  });

  it('says why it is empty, and asks again', async () => {
    await shown();
    expect(page.querySelector('.empty')?.textContent).toMatch(/No traces yet/);
    query.set(new URLSearchParams('outcome=failed'));
    await settled();
    expect(page.querySelector('.empty')?.textContent).toMatch(/No trace matches/);
    gateway.traces.mockRejectedValue(new Error('away'));
    query.set(new URLSearchParams('outcome=ok'));
    await settled();
    expect(page.querySelector('.empty')?.textContent).toMatch(/did not respond/);
    gateway.traces.mockResolvedValue({ traces: [trace(1)], indexed: true });
    page.querySelector<HTMLElement>('.empty button')?.click();
    await settled();
    expect(all('trace-row')).toHaveLength(1);
  });
});
