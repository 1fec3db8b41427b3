import { ComponentFixture, TestBed } from '@angular/core/testing';

import { micros } from '../../core/api/micros';
import { ErrorEvent, LogLine, MeasurementPoint, Span } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { spanOf } from '../../testing/any-spans';
import { ERROR } from '../../testing/replies';
import { layoutOf } from '../tree/layout';
import { Row, UNFOLDED, visibleRows } from './rows';
import { SpanDetails } from './span-details';

const error: ErrorEvent = {
  ...ERROR,
  event_id: 'e',
  issue_id: 'i',
  service: 'payments',
  at_us: micros(1),
  level: 'error',
  kind: 'Timeout',
  value: 'no answer',
  span_id: 'c',
  tags: {},
  frames: [
    { function: 'settle', file: 'payments.rs', line: 41, in_app: true },
    { function: 'poll', module: 'tokio', in_app: false },
  ],
  breadcrumbs: [],
  seq: 1,
};
const log = (number: number): LogLine => ({
  at_us: micros(1_000 + number),
  level: number === 0 ? 'error' : 'info',
  message: `line ${number}`,
  service: 'payments',
  span_id: 'c',
  attributes: {},
  seq: 1,
});

describe('the details of a span', () => {
  let fixture: ComponentFixture<SpanDetails>;

  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
  });

  async function shown(
    pick: (rows: readonly Row[]) => Row | undefined,
    {
      spans = [
        spanOf('r', null, 1, 100_001),
        spanOf('c', 'r', 20_001, 60_001, {
          op: 'http.client',
          service: 'payments',
          description: 'POST /charge',
          status: 'deadline_exceeded',
          data: { 'server.address': 'bank.example', 'db.statement': 'SELECT 1' },
          tags: { zone: 'a' },
          measurements: { stake: { value: 10, unit: 'none' } },
        }),
      ],
      errors = [error],
      logs = [log(0), log(1)],
      metrics = [],
      gaps = false,
    }: {
      spans?: Span[];
      errors?: ErrorEvent[];
      logs?: LogLine[];
      metrics?: MeasurementPoint[];
      gaps?: boolean;
    } = {},
  ): Promise<HTMLElement> {
    const layout = layoutOf({ spans, errors, logs });
    const row = pick(visibleRows(layout.tree, { folding: UNFOLDED, gaps })) ?? expect.fail();
    fixture = TestBed.createComponent(SpanDetails);
    fixture.componentRef.setInput('row', row);
    fixture.componentRef.setInput('layout', layout);
    fixture.componentRef.setInput('metrics', metrics);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }
  const words = (element: Element | null): string =>
    element?.textContent.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ').trim() ?? '';
  const facts = (page: Element, name = 'details-facts'): Record<string, string> => {
    const list = page.querySelector(`[data-test="${name}"]`);
    const values = [...(list?.querySelectorAll('dd') ?? [])].map(words);
    return Object.fromEntries(
      [...(list?.querySelectorAll('dt') ?? [])].map((term, at) => [words(term), values[at] ?? '']),
    );
  };

  it('are its times, its own time and its part of the critical path', async () => {
    const page = await shown((rows) => rows[0]);
    expect(facts(page)).toEqual({
      Service: 'game-engine',
      Operation: 'work',
      Status: 'ok',
      Start: '+0 µs',
      Duration: '100 ms',
      'Self time': '60.0 ms',
      'On the critical path': '60.0 ms · 60.0%',
    });
  });

  it('are whose it is, and what the program says that recorded it', async () => {
    const span = spanOf('r', null, 1, 2, {
      transaction: true,
      player: 'ann',
      release: '1.2.0',
      user: { id: 'ann', plan: 'gold' },
      resource: { os: { name: 'Linux' }, server_name: 'host-1' },
    });
    const page = await shown((rows) => rows[0], { spans: [span], errors: [], logs: [] });
    expect(facts(page)).toMatchObject({ Player: 'ann', Release: '1.2.0' });
    expect(facts(page, 'details-resource')).toEqual({
      os: '{"name":"Linux"}',
      server_name: 'host-1',
      user: '{"id":"ann","plan":"gold"}',
    });
  });

  it('are whom it called, its statement, errors, logs, tags and measurements', async () => {
    const page = await shown((rows) => rows[1]);
    expect(facts(page)).toMatchObject({ Calls: 'bank.example', Status: 'deadline_exceeded' });
    expect(words(page.querySelector('pre'))).toBe('SELECT 1');
    // The application's own frame, and the number of omitted ones.
    const told = (): string => words(page.querySelector('[data-test="details-error"]'));
    expect(told()).toBe(
      'Timeout no answer settle payments.rs:41 and 1 more Show all Open the issue →',
    );
    page.querySelector<HTMLElement>('.error [data-test="show-all"]')?.click();
    await fixture.whenStable();
    expect(told()).toBe('Timeout no answer settle payments.rs:41 poll tokio Open the issue →');
    expect([...page.querySelectorAll('ul li')].map(words)).toEqual([
      '+999 µs error line 0',
      '+1.00 ms info line 1',
    ]);
    expect(words(page)).toMatch(/stake ?10/);
    expect(words(page)).toMatch(/zone ?a/);
  });

  it('are no more logs and no longer texts than can be read, and say so', async () => {
    const page = await shown((rows) => rows[1], {
      spans: [
        spanOf('r', null, 1, 9),
        spanOf('c', 'r', 2, 8, { data: { note: 'x'.repeat(5_000), object: { a: 1 } } }),
      ],
      errors: [],
      logs: Array.from({ length: 205 }, (_, number) => log(number)),
    });
    expect(page.querySelectorAll('ul li')).toHaveLength(200);
    expect(words(page)).toContain('and 5 more');
    const { note = '', object } = facts(page, 'details-attributes');
    expect(note).toMatch(/^x{599}… Show all 5,000 characters$/);
    expect(object).toBe('{"a":1}');
    for (const button of ['long-text', 'show-all'])
      page.querySelector<HTMLElement>(`[data-test="${button}"]`)?.click();
    await fixture.whenStable();
    expect(facts(page, 'details-attributes')['note']).toMatch(/^x{5000} Show less$/);
    expect(page.querySelectorAll('ul li')).toHaveLength(205);
    expect(page.querySelector('[data-test="not-shown"]')).toBeNull();
  });

  it('call no status bad that is none: an error event alone has failed the span', async () => {
    const bad = async (status: string): Promise<string[]> => {
      const spans = [spanOf('c', null, 1, 9, { status })];
      const page = await shown((rows) => rows[0], { spans });
      return [...page.querySelectorAll('dd.bad')].map(words);
    };
    expect(await bad('ok')).toEqual([]);
    expect(await bad('unset')).toEqual([]);
    expect(await bad('aborted')).toEqual(['aborted']);
  });

  it('of what belongs to no span are its text, time, level, stack and attributes', async () => {
    const fuse = { ...error, kind: 'FuseError', value: 'the fuse blew', at_us: micros(5_001) };
    const line = { ...log(0), message: 'spark seen', at_us: micros(0), attributes: { box: 7 } };
    const spans = [spanOf('r', null, 1, 100_001)];
    const events = { spans, errors: [fuse], logs: [line] };
    const pick = (kind: 'error' | 'log') => (rows: readonly Row[]) =>
      rows.find((row) => row.kind === 'event' && row.event.kind === kind);
    const failure = await shown(pick('error'), events);
    expect(words(failure.querySelector('[data-test="details-title"]'))).toBe(
      'FuseError: the fuse blew',
    );
    expect(words(failure.querySelector('[data-test="details-error"]'))).toContain(
      'settle payments.rs:41',
    );
    expect(facts(failure)).toMatchObject({ Start: '+5.00 ms', 'Span ID': 'c (not in this trace)' });
    const told = await shown(pick('log'), events);
    expect(facts(told)).toMatchObject({ Service: 'payments', Level: 'error', Start: '–' });
    expect(facts(told, 'details-attributes')).toEqual({ box: '7' });
    expect(words(told.querySelector('[data-test="details-odd"]'))).toMatch(/No time of its own/);
  });

  it('make the raw JSON for a reader only', async () => {
    const page = await shown((rows) => rows[1]);
    const raw = page.querySelector<HTMLDetailsElement>('[data-test="details-raw"]');
    expect(raw?.querySelector('pre')).toBeNull();
    if (!raw) expect.fail();
    raw.open = true;
    raw.dispatchEvent(new Event('toggle'));
    await fixture.whenStable();
    const json = JSON.parse(words(raw.querySelector('pre'))) as Record<string, unknown>;
    expect(json).toMatchObject({ span_id: 'c', errors: [{ kind: 'Timeout' }] });
    expect(json['logs']).toHaveLength(2);
  });

  it('have the metrics of its service, and nobody else’s', async () => {
    const point = {
      at_us: micros(2_001),
      name: 'queue',
      value: 3,
      unit: 'none',
      kind: 'gauge',
      service: 'payments',
    };
    const page = await shown((rows) => rows[1], {
      metrics: [point, { ...point, name: 'other', service: 'game-engine' }],
    });
    expect(facts(page, 'details-metrics')).toEqual({ queue: '3 +2.00 ms gauge' });
  });

  it('say what is odd', async () => {
    const page = await shown((rows) => rows[0], { spans: [spanOf('o', 'nobody', 1, 9)] });
    expect(words(page.querySelector('[data-test="details-odd"]'))).toBe(
      'Parent span is missing: shown as a root span',
    );
  });

  it('of a group are how often and how long', async () => {
    const page = await shown((rows) => rows.find(({ kind }) => kind === 'group'), {
      spans: [
        spanOf('r', null, 1, 100),
        ...Array.from({ length: 6 }, (_, number) =>
          spanOf(`q${number}`, 'r', 10 * number + 2, 10 * number + 4 + number, {
            description: 'query',
          }),
        ),
      ],
    });
    expect(words(page)).toMatch(
      /Count ?6 ?Total ?27 µs ?Mean ?5 µs ?Shortest ?2 µs ?Longest ?7 µs/,
    );
  });

  it('of a gap are how long nothing was told', async () => {
    const page = await shown((rows) => rows.find(({ kind }) => kind === 'gap'), {
      spans: [
        spanOf('r', null, 1, 900_000),
        spanOf('a', 'r', 2, 300_000),
        spanOf('b', 'r', 500_000, 900_000),
      ],
      gaps: true,
    });
    expect(words(page)).toMatch(/^Missing instrumentation ?200 ms inside “r”/);
  });
});
