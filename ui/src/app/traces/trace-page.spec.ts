import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { ErrorEvent, LogLine, Span, TraceDetail, TraceSummary } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { spanOf } from '../testing/any-spans';
import { ResizeObserverDouble } from '../testing/resize-observer-double';
import { StreamDouble } from '../testing/stream-double';
import { ERROR } from '../testing/replies';
import { TracePage } from './trace-page';

const ID = 'ab'.repeat(16);
/** jsdom has no layout: rows of 30.4 pixels in a box of ten rows, below a header of 30 pixels. */
const BOX = 310;

const log = (message: string, at: number, more: Partial<LogLine> = {}): LogLine => ({
  at_us: micros(at),
  level: 'info',
  message,
  service: 'lamp',
  attributes: {},
  seq: 1,
  ...more,
});
const error = (kind: string, at: number, more: Partial<ErrorEvent> = {}): ErrorEvent => ({
  ...ERROR,
  event_id: kind,
  issue_id: 'i',
  service: 'lamp',
  at_us: micros(at),
  level: 'error',
  kind,
  value: '',
  tags: {},
  frames: [],
  breadcrumbs: [],
  seq: 2,
  ...more,
});
const query = (number: number, start: number, seq = 1): Span =>
  spanOf(`q${number}`, 'r', start, start + 5, { description: 'query', seq });
const ROOT = spanOf('r', null, 1_000, 9_000, { description: 'switch lamp', service: 'lamp' });

type Answer = Partial<Omit<TraceDetail, 'summary'>> & { readonly summary?: Partial<TraceSummary> };

describe('the page of a trace', () => {
  const gateway = { trace: vi.fn(), settings: vi.fn() };
  const address = {
    path: signal(`/traces/${ID}`),
    query: signal(new URLSearchParams()),
    change: vi.fn(),
    go: vi.fn(),
    follow: vi.fn(),
    followBack: vi.fn(),
    asLeft: (path: string): string => path,
  };
  let stream: StreamDouble;
  let fixture: ComponentFixture<TracePage>;
  let page: HTMLElement;
  let envelope = 0;

  const answer = (more: Answer): void => {
    const { spans = [], errors = [], logs = [] } = more;
    const summary: Partial<TraceSummary> = {
      trace_id: ID,
      name: spans[0]?.description ?? '',
      start_us: micros(1_000),
      duration_us: micros(8_000),
      root_us: micros(8_000),
      spans: spans.length,
      status: 'ok',
      ok: true,
      measurements: {},
      services: [],
      oddities: spans.length === 0 ? ['no_spans'] : [],
      ...more.summary,
    };
    gateway.trace.mockResolvedValue({
      summary,
      spans: spans.toSorted((one, other) => one.start_us - other.start_us),
      errors,
      logs,
      metrics: [],
      envelopes: [(envelope += 1)],
    });
  };
  async function settled(): Promise<void> {
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }
  async function shown(more: Answer): Promise<void> {
    answer(more);
    fixture = TestBed.createComponent(TracePage);
    page = fixture.nativeElement as HTMLElement;
    await settled();
    await settled();
  }
  async function grows(more: Answer): Promise<void> {
    answer(more);
    const asked = gateway.trace.mock.calls.length;
    stream.miss();
    await vi.waitFor(() => expect(gateway.trace.mock.calls.length).toBeGreaterThan(asked));
    await settled();
  }
  const all = (name: string): HTMLElement[] => [
    ...page.querySelectorAll<HTMLElement>(`[data-test="${name}"]`),
  ];
  const text = (element?: Element | null): string =>
    (element?.textContent ?? '').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim();
  const rows = (): string[] => all('span-row').map((row) => text(row.querySelector('.label')));
  const selected = (): string => text(page.querySelector('[aria-selected="true"] .label'));
  const title = (): string => text(all('details-title')[0]);
  const press = async (key: string, code = key): Promise<void> => {
    document.dispatchEvent(new KeyboardEvent('keydown', { key, code, cancelable: true }));
    await settled();
  };
  const search = async (words: string): Promise<void> => {
    const field = page.querySelector<HTMLInputElement>('[data-test="search"]') ?? expect.fail();
    field.value = words;
    field.dispatchEvent(new Event('input'));
    await settled();
  };

  beforeEach(() => {
    vi.resetAllMocks();
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(BOX);
    gateway.settings.mockRejectedValue(new Error('none'));
    address.query.set(new URLSearchParams());
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
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  it('has what belongs to no span among its rows, and reads it', async () => {
    await shown({
      spans: [ROOT],
      errors: [error('FuseError', 1_500, { span_id: 'absent', value: 'the fuse blew' })],
      logs: [log('spark seen', 1_600), log('and smoke', 500, { level: 'fatal' })],
    });
    expect(rows()).toEqual(['switch lamp', 'and smoke', 'FuseError: the fuse blew', 'spark seen']);
    // The errors in turn, and then the first again.
    const reached = [selected()];
    for (let times = 0; times < 2; times += 1) {
      await press('e', 'KeyE');
      reached.push(title());
    }
    expect(reached).toEqual(['and smoke', 'FuseError: the fuse blew', 'and smoke']);
    expect(text(all('details-odd')[0])).toMatch(/before the trace started/);
    await search('SPARK');
    expect(text(all('matches')[0])).toBe('– / 1');
    const line = page.querySelector('[data-test="span-row"]:not(.faded) .label');
    expect(text(line)).toBe('spark seen');
    await search('absent');
    expect(text(all('matches')[0])).toMatch(/1$/);
  });

  it('says of a slow trace who took most of it, and what all others took', async () => {
    const wait = (ms: number): Span =>
      spanOf('w', 'r', 1_000, 1_000 + ms * 1_000, { service: 'bank', op: 'http.server' });
    const root = spanOf('r', null, 1_000, 5_001_000, { service: 'lamp' });
    await shown({ spans: [root, wait(4_200)] });
    expect(text(page.querySelector('.lead'))).toBe('bank 84%, the rest 800 ms');
    const quick = spanOf('r', null, 1_000, 401_000, { service: 'lamp' });
    await shown({ spans: [quick, wait(300)] });
    expect(text(page.querySelector('.lead'))).toBe('bank 75%');
  });

  it('has of a trace that failed no other part in a colour than the one that failed', async () => {
    const spans = (bank: number, shop: number): Span[] => [
      spanOf('r', null, 1_000, 5_001_000, { service: 'lamp' }),
      spanOf('s', 'r', 1_000, 1_000 + shop * 1_000, { service: 'shop' }),
      spanOf('w', 's', 1_000, 1_000 + bank * 1_000, { service: 'bank', status: 'aborted' }),
    ];
    const inColour = (): string[] => [...page.querySelectorAll('.hurts, .share.failed')].map(text);
    const summary = { ok: false, status: 'aborted' };
    await shown({ spans: spans(200, 1_000), summary });
    expect(inColour()).toEqual([]);
    expect(text(page.querySelector('.facts'))).toBe('Failed: aborted · bank');
    await shown({ spans: spans(4_000, 4_100), summary });
    expect(inColour()).toEqual(['bank 80%']);
    expect(text(page.querySelector('.facts'))).toBe('Failed: aborted');
    // A call that failed and was tried again.
    await shown({ spans: spans(600, 1_000) });
    expect(inColour()).toEqual(['lamp 80%, the rest 1.00 s']);
  });

  it('names a trace of log lines alone by their service and the first of them', async () => {
    await shown({ logs: [log('second', 9), log('first\nof two', 7)] });
    expect(text(all('trace-name')[0])).toBe('lamp: first');
    expect(rows()).toHaveLength(2);
  });

  it('keeps open what was opened, and selected what was selected, while the trace grows', async () => {
    const queries = Array.from({ length: 6 }, (_, number) => query(number, 2_000 + 10 * number));
    await shown({ spans: [ROOT, ...queries] });
    await press('j', 'KeyJ');
    await press('ArrowRight');
    await press('ArrowRight');
    await press('ArrowDown');
    expect(rows()).toHaveLength(8);
    const id = page.querySelector('[aria-selected="true"]')?.id;
    expect(id).toBe('row-q1');
    await grows({ spans: [ROOT, query(9, 1_500, 7), ...queries] });
    expect(rows()).toHaveLength(9);
    expect(page.querySelector('[aria-selected="true"]')?.id).toBe(id);
    // A later failure must not move the selection.
    const failed = spanOf('late', 'r', 8_000, 8_500, { status: 'aborted', seq: 8 });
    await grows({ spans: [ROOT, query(9, 1_500, 7), ...queries, failed] });
    expect(page.querySelector('[aria-selected="true"]')?.id).toBe(id);
  });

  it('chooses for a new reader once', async () => {
    await shown({ spans: [ROOT, query(1, 2_000)] });
    const chosen = selected();
    const failed = spanOf('late', 'r', 8_000, 8_500, { status: 'aborted', seq: 8 });
    await grows({ spans: [ROOT, query(1, 2_000), failed] });
    expect(selected()).toBe(chosen);
    expect(title()).toBe(chosen);
  });

  it('folds nothing away that is read when a fifth of its kind comes', async () => {
    const four = Array.from({ length: 4 }, (_, number) => query(number, 2_000 + 10 * number));
    await shown({ spans: [ROOT, ...four] });
    expect(rows()).toEqual(['switch lamp', 'query', 'query', 'query', 'query']);
    await grows({ spans: [ROOT, query(9, 1_500, 7), ...four] });
    expect(rows()).toEqual(['switch lamp', '5 × query', ...Array<string>(5).fill('query')]);
  });

  it('keeps what is read where it is on the screen', async () => {
    const many = Array.from({ length: 90 }, (_, number) =>
      spanOf(`s${number}`, 'r', 2_000 + 10 * number, 2_005 + 10 * number),
    );
    address.query.set(new URLSearchParams({ span: 's60' }));
    await shown({ spans: [ROOT, ...many] });
    const box = all('waterfall')[0] ?? expect.fail();
    expect(rows()).toContain('s60');
    const before = box.scrollTop;
    expect(before).toBeGreaterThan(0);
    const early = [5, 15, 25].map((at) =>
      spanOf(`e${at}`, 'r', 1_000 + at, 1_001 + at, { seq: 7 }),
    );
    await grows({ spans: [ROOT, ...early, ...many] });
    expect(box.scrollTop - before).toBeCloseTo(3 * 30.4);
    expect(rows()).toContain('s60');
    // Spans that come below it move nothing.
    const late = spanOf('z', 'r', 8_000, 8_100, { seq: 8 });
    await grows({ spans: [ROOT, ...early, ...many, late] });
    expect(box.scrollTop - before).toBeCloseTo(3 * 30.4);
  });

  it('leads from a link to its span, also when that comes later or stands among many alike', async () => {
    const queries = Array.from({ length: 6 }, (_, number) => query(number, 2_000 + 10 * number));
    address.query.set(new URLSearchParams({ span: 'q4' }));
    await shown({ spans: [ROOT] });
    await grows({ spans: [ROOT, ...queries] });
    expect(page.querySelector('[aria-selected="true"]')?.id).toBe('row-q4');
  });
});
