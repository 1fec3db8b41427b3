import { micros } from '../../core/api/micros';
import { ErrorEvent, LogLine, Span } from '../../core/api/schema';
import { FORMATS } from '../../testing/languages';
import { spanOf } from '../../testing/any-spans';
import { ERROR } from '../../testing/replies';
import { layoutOf } from '../tree/layout';
import { UNFOLDED, visibleRows } from './rows';
import { View, whole } from './time-scale';
import { WaterfallLine, lineOf } from './waterfall-line';

const log = (span_id: string, at: number): LogLine => ({
  at_us: micros(at),
  level: 'info',
  message: '',
  service: 's',
  span_id,
  attributes: {},
  seq: 1,
});
const error = (span_id: string, at: number): ErrorEvent => ({
  ...ERROR,
  event_id: 'e',
  issue_id: 'i',
  service: 's',
  at_us: micros(at),
  level: 'error',
  kind: 'Timeout',
  value: '',
  span_id,
  tags: {},
  frames: [],
  breadcrumbs: [],
  seq: 1,
});

function lines(
  spans: Span[],
  more: {
    view?: View;
    width?: number;
    critical?: boolean;
    logs?: LogLine[];
    errors?: ErrorEvent[];
  } = {},
): Record<string, WaterfallLine> {
  const layout = layoutOf({ spans, errors: more.errors ?? [], logs: more.logs ?? [] });
  const scene = {
    layout,
    view: more.view ?? whole(layout.total),
    width: more.width ?? 40,
    critical: more.critical ?? true,
    formats: FORMATS.en,
    say: (key: string): string => key,
    count: (key: string, value: number): string => `${value} ${key}`,
    matched: null,
  };
  const rows = visibleRows(layout.tree, { folding: UNFOLDED, gaps: true });
  return Object.fromEntries(rows.map((row) => [row.key, lineOf(row, scene)]));
}

const ROOT = spanOf('r', null, 1_000, 2_000);

describe('a line of the waterfall', () => {
  it('has its bar, its part of the critical path and its share', () => {
    const { r, a } = lines([ROOT, spanOf('a', 'r', 1_250, 1_750)]);
    expect(a?.bar).toMatchObject({ left: 25, width: 50 });
    expect(a?.path).toEqual([expect.objectContaining({ left: 25, width: 50 })]);
    expect(a?.note).toBe('50%');
    expect(r?.path).toHaveLength(2);
  });

  it('says nothing of the critical path when it is not wanted', () => {
    const { a } = lines([ROOT, spanOf('a', 'r', 1_250, 1_750)], { critical: false });
    expect(a).toMatchObject({ path: [], note: '' });
  });

  it('is marked where it failed itself, and where something below did', () => {
    const { r, a } = lines([ROOT, spanOf('a', 'r', 1_100, 1_200, { status: 'aborted' })]);
    expect([r?.mark, a?.mark]).toEqual(['below', 'own']);
    expect(a?.note).toContain('aborted');
  });

  it('has dots for errors and logs, where they are in time', () => {
    const { r } = lines([ROOT], { logs: [log('r', 1_500)], errors: [error('r', 1_900)] });
    expect(r?.dots).toEqual([
      { left: 90, kind: 'error' },
      { left: 50, kind: 'log' },
    ]);
  });

  it('has no more dots than can be told apart', () => {
    const logs = Array.from({ length: 1_000 }, (_, number) => log('r', 1_000 + number));
    const dots = lines([ROOT], { logs })['r']?.dots ?? [];
    expect(dots.length).toBeLessThan(100);
    // No dot is missing: each position with an event has one.
    for (const { at_us } of logs) {
      const left = (at_us - 1_000) / 10;
      expect(dots.some((dot) => Math.abs(dot.left - left) < 1.2)).toBe(true);
    }
  });

  it('shows nothing of what is outside of the view, and cuts what sticks out', () => {
    const view = { from: micros(0), to: micros(200) };
    const { r, a } = lines([ROOT, spanOf('a', 'r', 1_250, 1_750)], { view });
    expect(a?.bar).toBeNull();
    expect(r?.bar).toMatchObject({ left: 0, width: 100, cutRight: true });
  });

  it('names whom a client span called', () => {
    const { out } = lines([
      ROOT,
      spanOf('out', 'r', 1_100, 1_900, {
        op: 'http.client',
        data: { 'peer.service': 'payment-provider' },
      }),
    ]);
    expect(out?.note).toBe('80% · payment-provider');
    expect(out?.side).toBe('inside');
  });

  it('has its note on one colour: on a part of the critical path, or else between two', () => {
    const below = spanOf('a', 'r', 1_020, 1_960);
    const { r, a } = lines([ROOT, below]);
    expect(a).toMatchObject({ side: 'inside', noteAt: 2, dim: false });
    expect(r).toMatchObject({ note: '6%', side: 'inside', noteAt: 2, room: 94, dim: true });
  });

  it('has its note where it fits into the width that the bars have', () => {
    const share = (width: number) => lines([ROOT, spanOf('a', 'r', 1_000, 1_100)], { width })['a'];
    expect(share(40)).toMatchObject({ note: '10%', side: 'inside' });
    expect(share(28)).toMatchObject({ note: '10%', side: 'right' });
    expect(share(20)).toMatchObject({ note: '10%', side: 'right' });
  });

  it('has no note of dark letters where the bar has no full colour', () => {
    const small = Array.from({ length: 3 }, (_, number) =>
      spanOf(`s${number}`, 'r', 1_100 + number * 300, 1_101 + number * 300),
    );
    for (const critical of [true, false])
      for (const { side, dim, row } of Object.values(lines([ROOT, ...small], { critical })))
        if (row.kind === 'group') expect(side === 'inside' && !dim).toBe(false);
  });

  it('is one for many that are alike, and one for a gap', () => {
    const queries = Array.from({ length: 7 }, (_, number) =>
      spanOf(`q${number}`, 'r', 1_100 + number, 1_101 + number, { description: 'query' }),
    );
    expect(
      Object.entries(lines([ROOT, ...queries])).find(([key]) => key.startsWith('group:'))?.[1]
        .label,
    ).toBe('7 × query');
    const long = [spanOf('r', null, 0, 900_000), spanOf('a', 'r', 0, 500_000)];
    expect(lines(long)['gap:r:500000']).toMatchObject({
      label: 'viewer.gap.name',
      time: '400\u00a0ms',
    });
  });
});
