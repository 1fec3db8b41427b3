import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { MapTraffic, ServiceMap } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { StreamDouble } from '../testing/stream-double';
import { MapPage } from './map-page';

const traffic = (more: Partial<MapTraffic> = {}): MapTraffic => ({
  calls: 20,
  per_minute: 4,
  errors: 0,
  p50_us: micros(2_000),
  p95_us: micros(90_000),
  ...more,
});
const MAP: ServiceMap = {
  left_out: 0,
  nodes: [
    { id: 'payments', kind: 'service', traffic: traffic() },
    { id: 'payments/polodb', kind: 'database', traffic: traffic({ per_minute: 0 }) },
    { id: 'bank', kind: 'external', traffic: traffic({ errors: 5 }) },
  ],
  edges: [
    { from: 'payments', to: 'payments/polodb', traffic: traffic({ per_minute: 0 }) },
    { from: 'payments', to: 'bank', traffic: traffic({ errors: 5 }) },
  ],
  traces: 2,
  from_us: micros(0),
  estimated: false,
  indexed: true,
};

describe('the page of the map', () => {
  const gateway = { serviceMap: vi.fn() };
  const address = { follow: vi.fn() };
  let fixture: ComponentFixture<MapPage>;

  async function shown(map: ServiceMap): Promise<HTMLElement> {
    gateway.serviceMap.mockResolvedValue(map);
    fixture = TestBed.createComponent(MapPage);
    await fixture.whenStable();
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }
  const words = (element: Element | null): string =>
    element?.textContent.replace(/\s+/g, ' ').trim() ?? '';

  beforeEach(() => {
    vi.resetAllMocks();
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: TelemetryStream, useValue: new StreamDouble() },
      ],
    });
  });

  it('says of each box what it is, how busy, how well and how fast', async () => {
    const page = await shown(MAP);
    expect(words(page.querySelector('[data-test="node-bank"]'))).toBe(
      'bankexternal4/minfailed calls 25.0%P50 2.00 msP95 90.0 ms',
    );
    expect(words(page.querySelector('[data-test="node-payments/polodb"]'))).toMatch(
      /^polodbdatabase · payments/,
    );
  });

  it('says nothing of what it leaves out where that is nothing', async () => {
    const page = await shown(MAP);
    expect(page.querySelector('[data-test="map-left-out"]')).toBeNull();
  });

  it('says what it leaves out', async () => {
    const page = await shown({ ...MAP, left_out: 1_007 });
    expect(words(page.querySelector('[data-test="map-left-out"]'))).toMatch(/1,007$/);
  });

  it('says of a rate that is no count that it is about that', async () => {
    const page = await shown({ ...MAP, estimated: true });
    expect(words(page.querySelector('[data-test="node-bank"]'))).toContain('≈4/min');
    expect(
      page.querySelector('[data-test="node-bank"] .facts span')?.getAttribute('title'),
    ).toMatch(/estimated/);
  });

  it('says that it counts the calls that failed, and no error events', async () => {
    const page = await shown(MAP);
    const share = page.querySelector('[data-test="node-bank"] [data-test="failed-share"]');
    expect(words(share)).toBe('failed calls 25.0%');
    expect(share?.getAttribute('title')).toMatch(/error status: 5 of 20\. Error events do not/);
  });

  it('moves on wires that are busy, and marks those that fail', async () => {
    const wires = [...(await shown(MAP)).querySelectorAll('svg g')];
    expect(wires.map(({ classList }) => [...classList].sort())).toEqual([[], ['busy', 'failing']]);
  });

  it('tells the same in a table', async () => {
    const page = await shown(MAP);
    const rows = [...page.querySelectorAll('[data-test="map-calls"] tbody tr')].map((row) =>
      [...row.children].map(words),
    );
    expect(rows).toEqual([
      ['payments', 'payments/polodb', '20', '0/min', '0.0%', '2.00 ms', '90.0 ms'],
      ['payments', 'bank', '20', '4/min', '25.0%', '2.00 ms', '90.0 ms'],
    ]);
  });

  it('has calls in its table that have no line: of a service to itself', async () => {
    const own = { from: 'payments', to: 'payments', traffic: traffic() };
    const page = await shown({ ...MAP, edges: [...MAP.edges, own] });
    expect(page.querySelectorAll('svg g')).toHaveLength(2);
    const rows = [...page.querySelectorAll('[data-test="map-calls"] tbody tr')].map(words);
    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatch(/^paymentspayments20/);
  });

  it('has names as long as a box has room for', async () => {
    const id = 'x'.repeat(5_000);
    const page = await shown({ ...MAP, nodes: [{ id, kind: 'service', traffic: traffic() }] });
    expect(words(page.querySelector('a b')).length).toBeLessThanOrEqual(100);
    expect(page.querySelector('a')?.title.length).toBeLessThan(1_000);
  });

  it('leads to the traces of a service, and of whoever calls what has none', async () => {
    const page = await shown(MAP);
    const of = (id: string): HTMLElement | null =>
      page.querySelector<HTMLElement>(`[data-test="node-${id}"]`);
    expect(of('bank')?.getAttribute('href')).toBe('/traces?service=payments');
    of('payments')?.click();
    expect(address.follow).toHaveBeenLastCalledWith(expect.anything(), '/traces', {
      service: 'payments',
    });
  });

  it('is empty before the first trace, and says what to do', async () => {
    const page = await shown({ ...MAP, nodes: [], edges: [], traces: 0 });
    expect(words(page.querySelector('[data-test="map-empty"]'))).toMatch(/^No traces yet/);
  });
});
