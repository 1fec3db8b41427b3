import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { micros } from '../../core/api/micros';
import { ApiProblem } from '../../core/api/api-problem';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { Span, TraceDetail, TraceSummary } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { spanOf } from '../../testing/any-spans';
import { ResizeObserverDouble } from '../../testing/resize-observer-double';
import { StreamDouble } from '../../testing/stream-double';
import { TRACE } from '../../testing/replies';
import { ComparePage } from './compare-page';

const detailOf = (trace_id: string, ...spans: Span[]): TraceDetail => ({
  summary: {
    ...TRACE,
    trace_id,
    name: 'slot-machine-spin',
    op: 'ui.action',
    service: 'frontend',
    first_envelope: 1,
    start_us: micros(1),
    duration_us: micros(1),
    root_us: micros(1),
    spans: spans.length,
    transactions: 1,
    errors: 0,
    logs: 0,
    status: 'ok',
    ok: true,
    release: trace_id === 'a' ? '1.0.0' : '1.2.0',
    measurements: {},
    problems: [],
    virtual_player: false,
    services: [],
    external: [],
    critical_path: [],
    oddities: [],
  },
  spans,
  errors: [],
  logs: [],
  metrics: [],
  envelopes: [1],
});
const spin = (start: number, end: number): Span =>
  spanOf('r', null, start, end, { service: 'frontend', description: 'spin' });
const charge = (start: number, end: number): Span =>
  spanOf('c', 'r', start, end, { service: 'payments', description: 'charge' });

describe('the page of two traces', () => {
  const gateway = { trace: vi.fn() };
  const path = signal('/traces/a/with/b');
  const cameFrom = signal<string | null>(null);
  const address = {
    path,
    cameFrom,
    go: vi.fn(),
    follow: vi.fn(),
    asLeft: vi.fn((place: string) => place),
  };
  let fixture: ComponentFixture<ComparePage>;
  let page: HTMLElement;

  beforeEach(() => {
    vi.resetAllMocks();
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: TelemetryStream, useValue: new StreamDouble() },
      ],
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  async function shown(before: TraceDetail, after: TraceDetail): Promise<void> {
    gateway.trace.mockImplementation((id: string) => Promise.resolve(id === 'a' ? before : after));
    await opened();
  }
  async function opened(): Promise<void> {
    fixture = TestBed.createComponent(ComparePage);
    page = fixture.nativeElement as HTMLElement;
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }
  const words = (element: Element | null): string =>
    element?.textContent.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim() ?? '';
  const text = (name: string): string => words(page.querySelector(`[data-test="${name}"]`));
  const rows = (): string[] => [...page.querySelectorAll('[data-test="pair-row"]')].map(words);

  it('says in one sentence what became faster, and where', async () => {
    await shown(
      detailOf('a', spin(0, 4_000_000), charge(50_000, 3_950_000)),
      detailOf('b', spin(0, 100_000), charge(50_000, 60_000)),
    );
    expect(text('compare-headline')).toBe('4.00 s → 100 ms 40× faster');
    expect(text('compare-sentence')).toBe('3.90 s faster (98%), of which 3.89 s in payments.');
    // The short bar is there once more, twenty times as long.
    expect(words(page.querySelector('[data-test="side-after"] .lens'))).toBe('×20');
    expect(rows()).toHaveLength(2);
    expect(rows()[1]).toMatch(/^payments ?charge ?3\.90 s ?10\.0 ms ?−3\.89 s ?−3\.89 s$/);
    expect(text('side-before')).toMatch(/^Before ?slot-machine-spin a.*1\.0\.0 ?4\.00 s/);
    expect(text('side-after')).toMatch(/^After ?slot-machine-spin b.*1\.2\.0 ?100 ms/);
    // The changes of the services sum to the change of the whole.
    expect(text('compare-services')).toMatch(/payments ?3\.90 s ?10\.0 ms ?−3\.89 s/);
    expect(text('compare-services')).toMatch(/frontend ?100 ms ?90\.0 ms ?−10\.0 ms/);
  });

  it.each([
    { release: '1.0.0', told: / 1\.0\.0 \+ 2 fixes ?1\.00 ms/ },
    { release: '1.2.0', told: / 1\.2\.0 ?1\.00 ms/ },
  ])('says of release $release what was fixed by hand since the other', async (side) => {
    const of = (id: string, more: Partial<TraceSummary>): TraceDetail => {
      const detail = detailOf(id, spin(0, 1_000));
      return { ...detail, summary: { ...detail.summary, ...more } };
    };
    const problems = ['missing-index', 'slow-provider'];
    await shown(
      of('a', { problems }),
      of('b', { release: side.release, problems_fixed: problems }),
    );
    expect(text('side-before')).toMatch(/ 1\.0\.0 ?1\.00 ms/);
    expect(text('side-after')).toMatch(side.told);
  });

  it('names what only one of them has', async () => {
    await shown(
      detailOf('a', spin(0, 1_000), spanOf('x', 'r', 1, 2, { description: 'old' })),
      detailOf('b', spin(0, 1_000), spanOf('y', 'r', 1, 2, { description: 'new' })),
    );
    expect(text('compare-sentence')).toBe('Both took the same time.');
    expect(rows().some((row) => /old ?before only/.test(row))).toBe(true);
    expect(rows().some((row) => /new ?after only/.test(row))).toBe(true);
  });

  it('leads back to where the person came from', async () => {
    cameFrom.set('/');
    await shown(detailOf('a', spin(0, 1_000)), detailOf('b', spin(0, 1_000)));
    expect(text('back')).toBe('← Machine');
    expect(page.querySelector('[data-test="back"]')?.getAttribute('href')).toBe('/');
    fixture.destroy();
    cameFrom.set('/traces/b?span=r');
    await opened();
    expect(text('back')).toBe('← Trace');
    fixture.destroy();
    cameFrom.set(null);
    await opened();
    expect(text('back')).toBe('← Traces');
  });

  it('changes sides, and is left for the later trace', async () => {
    await shown(detailOf('a', spin(0, 1_000)), detailOf('b', spin(0, 1_000)));
    page.querySelector<HTMLElement>('[data-test="swap"]')?.click();
    expect(address.go).toHaveBeenCalledWith('/traces/b/with/a');
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(address.go).toHaveBeenLastCalledWith('/traces/b');
  });

  it('is walked through by keys, and Enter opens the span in the later trace that has it', async () => {
    await shown(
      detailOf('a', spin(0, 1_000), spanOf('x', 'r', 1, 2, { description: 'old' })),
      detailOf('b', spin(0, 1_000), charge(1, 2)),
    );
    const press = async (key: string, from: Element = document.body): Promise<void> => {
      from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await fixture.whenStable();
    };
    document.body.append(page);
    const selected = (): string =>
      words(page.querySelector('[data-test="pair-row"][aria-selected="true"]'));
    await press('ArrowDown');
    expect(selected()).toMatch(/^frontend ?spin/);
    await press('Enter');
    expect(address.go).toHaveBeenLastCalledWith('/traces/b', { span: 'r' });
    const opened = new Set<unknown>();
    for (const key of ['ArrowDown', 'ArrowDown']) {
      await press(key);
      await press('Enter');
      opened.add(JSON.stringify(address.go.mock.lastCall));
    }
    expect([...opened].sort()).toEqual([
      '["/traces/a",{"span":"x"}]',
      '["/traces/b",{"span":"c"}]',
    ]);
    // The table of services scrolls with its own keys.
    const before = selected();
    const services = page.querySelector('section.panel') ?? expect.fail();
    address.go.mockClear();
    for (const key of ['Home', 'ArrowUp', 'Enter']) await press(key, services);
    expect(selected()).toBe(before);
    expect(address.go).not.toHaveBeenCalled();
    page.remove();
  });

  it('says that a trace is not there, and asks again where nobody answered', async () => {
    gateway.trace.mockRejectedValue(new ApiProblem({ status: 404, code: 'not_found' }, null));
    await opened();
    expect(words(page)).toContain('No trace with this ID');
    fixture.destroy();
    gateway.trace.mockRejectedValue(new Error('away'));
    await opened();
    expect(words(page.querySelector('[role="alert"]'))).toContain('did not respond');
    gateway.trace.mockImplementation((id: string) => Promise.resolve(detailOf(id, spin(0, 1_000))));
    page.querySelector<HTMLElement>('[role="alert"] button')?.click();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
    expect(text('compare-sentence')).toBe('Both took the same time.');
  });
});
