import { micros } from '../core/micros';
import { formatsFor } from '../core/money';
import { TraceDetail } from '../core/telemetry-wire';
import { spanOf } from './any-spans';
import { ExportWords, fileName, traceHtml, traceJson } from './export-trace';
import { layoutOf } from './layout';

const EVIL = `<img src=x onerror="alert('1')">&`;
const WORDS: ExportWords = {
  lang: 'en',
  operation: 'Operation',
  duration: 'Duration',
  path: 'Critical path',
  errors: 'Errors',
  made: 'Made by Reelscope',
};

function detailOf(name: string): TraceDetail {
  return {
    summary: {
      trace_id: 'ab12',
      name,
      op: name,
      service: name,
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
      oddities: [],
    },
    spans: [
      spanOf('r', null, 1_000_000, 1_004_000, { description: name, service: name, op: name }),
      spanOf('x', 'r', 1_001_000, 1_002_000, { description: name, data: { [name]: name } }),
    ],
    errors: [
      {
        event_id: 'e',
        issue_id: 'i',
        service: name,
        at_us: micros(1),
        level: 'error',
        kind: name,
        value: name,
        span_id: 'x',
        tags: {},
        frames: [],
        breadcrumbs: [],
        seq: 1,
      },
    ],
    logs: [],
    metrics: [],
    envelopes: [1],
  };
}

describe('an exported trace', () => {
  const page = (name: string): Document => {
    const detail = detailOf(name);
    const html = traceHtml(detail, layoutOf(detail), formatsFor('en'), WORDS);
    return new DOMParser().parseFromString(html, 'text/html');
  };

  it('shows every span with its time, and what it says', () => {
    const { body } = page('spin');
    expect(body.querySelectorAll('details')).toHaveLength(2);
    expect(body.textContent).toContain('4.00');
    expect(body.querySelectorAll('.path')).toHaveLength(3);
    expect(body.querySelectorAll('pre')[1]?.textContent).toContain('spin: spin');
  });

  it('takes nothing in names as markup', () => {
    const document = page(EVIL);
    expect(document.querySelectorAll('img, script')).toHaveLength(0);
    expect(document.querySelector('h1')?.textContent).toBe(EVIL);
    for (const element of document.querySelectorAll('*')) {
      for (const { name } of element.attributes) expect(name).not.toMatch(/^on/);
    }
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
