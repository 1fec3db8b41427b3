import { micros } from '../core/api/micros';
import { TraceDetail } from '../core/api/schema';
import { FORMATS } from '../testing/languages';
import { spanOf } from '../testing/any-spans';
import { ERROR, TRACE } from '../testing/replies';
import { fileName, traceHtml, traceJson } from './export-trace';
import { layoutOf } from './tree/layout';

const EVIL = `<img src=x onerror="alert('1')">&`;
/** Returns the last word of the key and the values. */
const say = (key: string, params: object = {}): string =>
  [key.split('.').at(-1), ...Object.values(params)].join(' ');
const ENGLISH = { lang: 'en', say, formats: FORMATS.en };

function detailOf(name: string): TraceDetail {
  return {
    summary: {
      ...TRACE,
      trace_id: 'ab12',
      name,
      op: name,
      service: name,
      first_envelope: 1,
      start_us: micros(1_000_000),
      duration_us: micros(4_000),
      root_us: micros(4_000),
      spans: 2,
      transactions: 1,
      errors: 0,
      logs: 0,
      status: name,
      ok: true,
      measurements: {},
      problems: [],
      virtual_player: false,
      services: [],
      external: [],
      critical_path: [],
      oddities: [name],
      release: name,
      player: name,
    },
    spans: [
      spanOf('r', null, 1_000_000, 1_004_000, { description: name, service: name, op: name }),
      spanOf('x', 'r', 1_001_000, 1_002_000, { description: name, data: { [name]: name } }),
    ],
    errors: [
      {
        ...ERROR,
        event_id: 'e',
        issue_id: 'i',
        service: name,
        at_us: micros(1),
        level: 'error',
        kind: name,
        value: name,
        span_id: 'x',
        tags: {},
        frames: [{ function: name, file: name, context_line: name, in_app: false }],
        breadcrumbs: [],
        seq: 1,
      },
    ],
    logs: [
      {
        at_us: micros(1_001_000),
        level: name,
        message: name,
        service: name,
        span_id: 'x',
        attributes: { [name]: name },
        seq: 1,
      },
    ],
    metrics: [],
    envelopes: [1],
  };
}

describe('an exported trace', () => {
  const page = (name: string): Document => {
    const detail = detailOf(name);
    return written(detail);
  };
  const written = (detail: TraceDetail): Document =>
    new DOMParser().parseFromString(traceHtml(detail, layoutOf(detail), ENGLISH), 'text/html');
  const text = ({ body }: Document): string =>
    body.textContent.replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');

  it('shows every span with its time, and what it says', () => {
    const { body } = page('spin');
    expect(body.querySelectorAll('details')).toHaveLength(2);
    expect(body.textContent).toContain('4.00');
    expect(body.querySelectorAll('.path')).toHaveLength(3);
    expect(body.querySelector('.errors')?.textContent).toMatch(/^spin spin/);
  });

  it('says of the whole what its header says', () => {
    const detail = detailOf('spin');
    const told = text(
      written({
        ...detail,
        spans: [
          ...detail.spans.map((span) => ({ ...span, transaction: span.span_id === 'r' })),
          spanOf('s', 'r', 1_004_000, 5_000_000),
        ],
        summary: {
          ...detail.summary,
          background_us: micros(3_996_000),
          release: '1.2.0',
          player: 'p-7',
          virtual_player: true,
          ok: false,
          errors: 2,
          status: 'deadline_exceeded',
          oddities: ['several_roots', 'of_another_version'],
        },
      }),
    );
    for (const words of [
      '4.00 ms background 4.00 s',
      'release1.2.0',
      'virtualPlayerp-7',
      'badTitle deadline_exceeded 2',
      'several_roots; of_another_version',
      'pathspin 75.0%, game-engine 25.0%',
    ])
      expect(told).toContain(words);
  });

  it('says of each span its own time, its logs, the stacks of its errors and what is odd', () => {
    const detail = detailOf('spin');
    const [error] = detail.errors;
    const frame = { function: 'settle', file: 'payment.rs', line: 42, in_app: true };
    const log = { level: 'warn', message: 'slow provider', service: 'pay', attributes: {}, seq: 1 };
    const page = written({
      ...detail,
      spans: [
        ...detail.spans,
        spanOf('o', 'nobody', 1_003_000, 1_003_500, { description: 'orphaned' }),
      ],
      errors: error ? [{ ...error, frames: [frame] }] : [],
      logs: [
        { ...log, at_us: micros(1_001_500), span_id: 'x' },
        { ...log, at_us: micros(1_002_000), message: 'nobody wrote this' },
      ],
    });
    const told = [...page.querySelectorAll('details')].map((row) =>
      row.textContent.replaceAll('\u00a0', ' ').replace(/\s+/g, ' '),
    );
    expect(told[0]).toContain('self3.00 ms');
    expect(told[1]).toContain('settle payment.rs:42');
    expect(told[1]).toContain('+1.50 ms warn pay slow provider');
    expect(told[2]).toContain('orphan');
    expect(text(page)).toContain('looseLogs+2.00 ms warn pay nobody wrote this');
  });

  it('says why there is no critical path', () => {
    const detail = detailOf('spin');
    expect(text(written({ ...detail, spans: [] }))).toContain('pathno_spans');
  });

  it('takes nothing in names as markup', () => {
    const document = page(EVIL);
    expect(document.querySelectorAll('img, script')).toHaveLength(0);
    expect(document.querySelector('h1')?.textContent).toBe(EVIL);
    for (const element of document.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
    }
  });

  it('hides nothing of a text, as the page does not, and turns no neighbour', () => {
    const [shown, title] = [page('pay\u202etxt.exe\u0000 שלום'), 'pay⟨U+202E⟩txt.exe␀ שלום'];
    expect(shown.querySelector('h1')?.textContent).toBe(title);
    for (const hidden of ['\u0000', '\u202e'])
      expect(shown.documentElement.outerHTML).not.toContain(hidden);
    expect(text(shown)).toContain(`path\u2068${title}\u2069 75.0%`.slice(0, 40));
  });

  it('is named by its first log line where it has no spans', () => {
    const { logs, ...detail } = detailOf('');
    const [log] = logs;
    const more = { service: 'lamp', message: 'spark seen' };
    const nameless = { ...detail, spans: [], errors: [], logs: log ? [{ ...log, ...more }] : [] };
    expect(written(nameless).querySelector('h1')?.textContent).toBe('lamp: spark seen');
    expect(fileName(nameless, 'json')).toBe('lamp-spark-seen-ab12.json');
  });

  it('needs nothing from elsewhere and runs no script', () => {
    const document = page('spin');
    expect(document.querySelectorAll('[src], link, script')).toHaveLength(0);
    const policy = document.querySelector('meta[http-equiv]')?.getAttribute('content');
    expect(policy).toMatch(/^default-src 'none'/);
  });

  it('is the reply of the collector as JSON', () =>
    expect(JSON.parse(traceJson(detailOf(EVIL)))).toEqual(detailOf(EVIL)));

  it('has a name that any disk takes', () => {
    expect(fileName(detailOf('GET /api/{id}'), 'html')).toBe('GET-api-id--ab12.html');
  });
});
