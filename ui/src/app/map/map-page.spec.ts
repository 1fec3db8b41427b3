import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { Health } from '../core/api/health';
import { ZERO, micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { MapTraffic, ServiceMap } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { StreamDouble } from '../testing/stream-double';
import { TrafficStore } from '../traffic/traffic-store';
import { MapPage } from './map-page';
import { MapStore } from './map-store';

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
    { id: 'payments', kind: 'service', traffic: traffic(), path_us: ZERO },
    { id: 'payments/polodb', kind: 'database', traffic: traffic({ per_minute: 0 }), path_us: ZERO },
    { id: 'bank', kind: 'external', traffic: traffic({ errors: 5 }), path_us: ZERO },
  ],
  edges: [
    { from: 'payments', to: 'payments/polodb', traffic: traffic({ per_minute: 0 }) },
    { from: 'payments', to: 'bank', traffic: traffic({ errors: 5 }) },
  ],
  traces: 2,
  path_traces: 0,
  path_us: ZERO,
  from_us: micros(0),
  estimated: false,
  indexed: true,
};

describe('the page of the map', () => {
  const players = signal<{ running: boolean } | null>(null);
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
    players.set(null);
    vi.stubGlobal('matchMedia', () => ({ matches: false }));
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: TelemetryStream, useValue: new StreamDouble() },
        { provide: Health, useValue: { recording: () => null } },
        {
          provide: TrafficStore,
          useValue: { traffic: players, watch: () => () => undefined },
        },
      ],
    });
  });

  afterEach(() => vi.unstubAllGlobals());

  it('says of each box what it is, how busy, how well and how fast', async () => {
    const page = await shown(MAP);
    expect(words(page.querySelector('[data-test="node-bank"]'))).toBe(
      'bankexternalP95 90.0 ms4/minfailed 25.0%',
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
      page.querySelector('[data-test="node-bank"] .facts span + span')?.getAttribute('title'),
    ).toMatch(/estimated/);
  });

  it('says that it counts the calls that failed, and no error events', async () => {
    const page = await shown(MAP);
    const share = page.querySelector('[data-test="node-bank"] [data-test="failed-share"]');
    expect(words(share)).toBe('failed 25.0%');
    expect(share?.getAttribute('title')).toMatch(/error status: 5 of 20\. Error events do not/);
  });

  it('shows databases when asked, each with the service that has it', async () => {
    const page = await shown(MAP);
    expect(page.querySelector('[data-test="node-payments/polodb"]')).toBeNull();
    page.querySelector<HTMLInputElement>('[data-test="map-databases"]')?.click();
    await fixture.whenStable();
    expect(words(page.querySelector('[data-test="node-payments/polodb"]'))).toBe(
      'polodbdatabase · paymentsP95 90.0 ms20 calls',
    );
  });

  it('marks wires that fail, and draws those with more calls thicker', async () => {
    const edges = [
      { from: 'payments', to: 'bank', traffic: traffic({ errors: 5, calls: 100 }) },
      { from: 'bank', to: 'payments', traffic: traffic({ calls: 1 }) },
    ];
    const page = await shown({ ...MAP, edges });
    const wires = [...page.querySelectorAll('svg g')];
    expect(wires.map(({ classList }) => [...classList])).toEqual([['failing'], []]);
    const [many = 0, one = 0] = [...page.querySelectorAll<SVGPathElement>('svg path')].map(
      ({ style }) => parseFloat(style.strokeWidth),
    );
    expect(many).toBeGreaterThan(one);
  });

  it('frames what takes most of the time, if that is long', async () => {
    const slow = (bank: number, payments: number, path_traces = 4): ServiceMap => ({
      ...MAP,
      nodes: MAP.nodes.map((node) => ({
        ...node,
        path_us: micros({ bank, payments }[node.id] ?? 0),
      })),
      path_traces,
      path_us: micros(10_000_000),
    });
    const page = await shown(slow(6_900_000, 2_000_000));
    const of = (id: string): string =>
      words(page.querySelector(`[data-test="node-${id}"] [data-test="path-share"]`));
    expect([of('bank'), of('payments')]).toEqual(['69% of the time', '20% of the time']);
    const hot = (): (string | undefined)[] =>
      [...page.querySelectorAll<HTMLElement>('.node.hot')].map(({ dataset }) => dataset['test']);
    expect(hot()).toEqual(['node-bank']);
    for (const quickOrFew of [slow(600_000, 0), slow(6_900_000, 2_000_000, 2)]) {
      gateway.serviceMap.mockResolvedValue(quickOrFew);
      await TestBed.inject(MapStore).load();
      await fixture.whenStable();
      expect(hot()).toEqual([]);
    }
  });

  it('lets calls move only while virtual players spin', async () => {
    const page = await shown(MAP);
    expect(page.querySelector('rs-map-dots')).toBeNull();
    players.set({ running: true });
    await fixture.whenStable();
    expect(page.querySelector('rs-map-dots')).not.toBeNull();
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
    expect(page.querySelectorAll('svg g')).toHaveLength(1);
    const rows = [...page.querySelectorAll('[data-test="map-calls"] tbody tr')].map(words);
    expect(rows).toHaveLength(3);
    expect(rows[2]).toMatch(/^paymentspayments20/);
  });

  it('has names as long as a box has room for', async () => {
    const id = 'x'.repeat(5_000);
    const page = await shown({
      ...MAP,
      nodes: [{ id, kind: 'service', traffic: traffic(), path_us: ZERO }],
    });
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
