import fc from 'fast-check';

import { micros } from '../../core/api/micros';
import { ErrorEvent, LogLine } from '../../core/api/schema';
import { anySpan, anyTree, spanOf, treeOf } from '../../testing/any-spans';
import { ERROR } from '../../testing/replies';
import { grouped, isGroup } from '../tree/groups';
import {
  Folding,
  Row,
  UNFOLDED,
  foldedAll,
  grown,
  openedTo,
  put,
  revealing,
  standIns,
  toggled,
  unfoldedAll,
  visibleRows,
} from './rows';
import { found, isSpan, nextOf } from './search';
import { TraceTree, buildTree } from '../tree/tree';

const anyFolding = (tree: TraceTree): fc.Arbitrary<Folding> => {
  const keys = fc.subarray([...tree.byKey.keys()]).map((chosen) => new Set(chosen));
  return fc.record({
    all: fc.boolean(),
    except: keys,
    groups: fc.boolean(),
    opened: fc.constant(new Set<string>()),
  });
};
const anyScene = anyTree.chain((tree) =>
  fc.record({ tree: fc.constant(tree), folding: anyFolding(tree), gaps: fc.boolean() }),
);
const keys = (rows: readonly Row[]): string[] => rows.map(({ key }) => key);
const siblings = (count: number): TraceTree =>
  treeOf(
    spanOf('r', null, 1, 10 * count + 1_000),
    ...Array.from({ length: count }, (_, number) =>
      spanOf(`q${number}`, 'r', 10 * number + 2, 10 * number + 8, { description: 'query' }),
    ),
  );

describe('the visible rows', () => {
  it('are all spans in reading order when nothing is closed or alike', () => {
    fc.assert(
      fc.property(anyTree, (tree) => {
        const groups = visibleRows(tree, { folding: UNFOLDED, gaps: false }).filter(
          ({ kind }) => kind === 'group',
        );
        const rows = visibleRows(tree, { folding: unfoldedAll(), gaps: false });
        const spans = rows.filter(({ kind }) => kind === 'span').map(({ key }) => key);
        expect(spans.toSorted()).toEqual(tree.nodes.map(({ key }) => key).toSorted());
        if (groups.length === 0) expect(spans).toEqual(tree.nodes.map(({ key }) => key));
      }),
    );
  });

  it('have names of their own, and say their place among their siblings', () => {
    fc.assert(
      fc.property(anyScene, ({ tree, folding, gaps }) => {
        const rows = visibleRows(tree, { folding, gaps });
        expect(new Set(keys(rows)).size).toBe(rows.length);
        for (const { position, siblings } of rows) {
          expect(position).toBeGreaterThanOrEqual(1);
          expect(position).toBeLessThanOrEqual(siblings);
        }
      }),
    );
  });

  it('are the same after opening and closing a row', () => {
    fc.assert(
      fc.property(anyScene, fc.nat(), ({ tree, folding, gaps }, choice) => {
        const before = visibleRows(tree, { folding, gaps });
        const row = before[choice % Math.max(before.length, 1)];
        if (!row) return;
        const there = toggled(folding, row);
        const between = visibleRows(tree, { folding: there, gaps });
        const same = between.find(({ key }) => key === row.key) ?? expect.fail();
        expect(visibleRows(tree, { folding: toggled(there, same), gaps })).toEqual(before);
        const openable = row.kind === 'group' || (row.kind === 'span' && row.open !== null);
        if (openable) expect(between.length).not.toBe(before.length);
      }),
    );
  });

  it('show any span that the reader asks for', () => {
    fc.assert(
      fc.property(anyScene, fc.nat(), ({ tree, folding, gaps }, choice) => {
        const node = tree.nodes[choice % Math.max(tree.nodes.length, 1)];
        if (!node) return;
        const opened = openedTo(folding, tree, node);
        expect(keys(visibleRows(tree, { folding: opened, gaps }))).toContain(node.key);
      }),
    );
  });

  it('are only the roots when all is closed', () => {
    const tree = treeOf(
      spanOf('r', null, 1, 9),
      spanOf('a', 'r', 2, 3),
      spanOf('o', 'nobody', 4, 5),
    );
    expect(keys(visibleRows(tree, { folding: foldedAll(), gaps: false }))).toEqual(['r', 'o']);
  });

  it('have gaps where they belong in time', () => {
    const tree = treeOf(
      spanOf('r', null, 1, 900_000),
      spanOf('a', 'r', 2, 300_000),
      spanOf('b', 'r', 500_000, 900_000),
    );
    const rows = visibleRows(tree, { folding: UNFOLDED, gaps: true });
    expect(rows.map(({ kind }) => kind)).toEqual(['span', 'span', 'gap', 'span']);
    expect(rows[2]).toMatchObject({ start: 300_000, end: 500_000, depth: 1, position: 2 });
  });
});

describe('siblings that are alike', () => {
  it('are one row from five on', () => {
    const wishes = { folding: UNFOLDED, gaps: false };
    expect(visibleRows(siblings(4), wishes)).toHaveLength(5);
    const rows = visibleRows(siblings(5), wishes);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ kind: 'group', open: false, depth: 1 });
    expect(rows[1]?.kind === 'group' && rows[1].group).toMatchObject({
      start: 2,
      end: 48,
      total: 30,
      failed: false,
    });
  });

  it('are told one by one when the reader opens them', () => {
    const tree = siblings(6);
    const [, group] = visibleRows(tree, { folding: UNFOLDED, gaps: false });
    const folding = toggled(UNFOLDED, group ?? expect.fail());
    expect(visibleRows(tree, { folding, gaps: false })).toHaveLength(8);
  });

  it('have no children and do not hide one another', () => {
    fc.assert(
      fc.property(anyTree, ({ roots, nodes }) => {
        for (const list of [roots, ...nodes.map(({ children }) => children)]) {
          const members = grouped(list, null).flatMap((row) =>
            isGroup(row) ? row.members : [row],
          );
          expect(new Set(members)).toEqual(new Set(list));
          expect(members).toHaveLength(list.length);
        }
      }),
    );
  });

  it('are grouped by the thousand without delay', () => {
    const rows = visibleRows(siblings(20_000), { folding: UNFOLDED, gaps: false });
    expect(rows).toHaveLength(2);
  });
});

describe('the search', () => {
  it('reveals every span that it finds, and changes nothing that is closed', () => {
    fc.assert(
      fc.property(anyScene, ({ tree, folding, gaps }) => {
        const before = visibleRows(tree, { folding, gaps });
        const hits = found(tree, 'one');
        const revealed = revealing(tree, hits.filter(isSpan));
        const shown = keys(visibleRows(tree, { folding, gaps, revealed }));
        for (const { key } of hits) expect(shown).toContain(key);
        expect(visibleRows(tree, { folding, gaps })).toEqual(before);
      }),
    );
  });

  it('gives way to the reader who closes what it has opened, and leaves it closed', () => {
    const tree = treeOf(
      spanOf('r', null, 1, 99),
      spanOf('a', 'r', 2, 50),
      spanOf('b', 'a', 3, 40, { description: 'wanted' }),
    );
    const closed: Folding = { ...UNFOLDED, except: new Set(['a']) };
    const revealed = revealing(tree, found(tree, 'wanted').filter(isSpan));
    const searched = visibleRows(tree, { folding: closed, gaps: false, revealed });
    expect(keys(searched)).toEqual(['r', 'a', 'b']);
    const row = searched[1] ?? expect.fail();
    const folding = toggled(closed, row);
    const concealed = put(new Set(), row.key, true);
    expect(keys(visibleRows(tree, { folding, gaps: false, revealed, concealed }))).toEqual([
      'r',
      'a',
    ]);
    // Without the search, the folding is the reader's again.
    expect(folding).toEqual(closed);
  });

  it('leaves closed what the reader closes, whatever had opened it', () => {
    fc.assert(
      fc.property(anyScene, fc.nat(), ({ tree, folding, gaps }, choice) => {
        const revealed = revealing(tree, found(tree, 'one').filter(isSpan));
        const open = visibleRows(tree, { folding, gaps, revealed }).filter((row) => row.open);
        const row = open[choice % Math.max(open.length, 1)];
        if (!row) return;
        const after = toggled(folding, row);
        const wishes = { folding: after, gaps, revealed, concealed: new Set([row.key]) };
        const now = visibleRows(tree, wishes).find(({ key }) => key === row.key);
        expect(now).toMatchObject({ open: false });
        const left = visibleRows(tree, { folding: after, gaps });
        const then = left.find(({ key }) => key === row.key);
        // It may be hidden with its parent.
        if (then) expect(then).toMatchObject({ open: false });
      }),
    );
  });

  it('finds what names and data say, whatever the case', () => {
    const tree = treeOf(
      spanOf('a', null, 1, 2, { data: { 'db.collection.name': 'Players' } }),
      spanOf('b', null, 1, 2, { service: 'players' }),
    );
    expect(found(tree, ' PLAYERS').map(({ key }) => key)).toEqual(['a', 'b']);
    expect(found(tree, 'collection.name').map(({ key }) => key)).toEqual(['a']);
    expect(found(tree, '  ')).toEqual([]);
  });

  it('goes round', () => {
    expect(nextOf([2, 5, 9], 5, 1)).toBe(9);
    expect(nextOf([2, 5, 9], 9, 1)).toBe(2);
    expect(nextOf([2, 5, 9], 2, -1)).toBe(9);
    expect(nextOf([], 2, 1)).toBe(-1);
  });
});

describe('a trace that grows', () => {
  const spanKeys = (tree: TraceTree, folding: Folding): string[] =>
    visibleRows(tree, { folding, gaps: false }).flatMap(({ kind, key }) =>
      kind === 'span' ? [key] : [],
    );

  it('hides no row that is read, whatever comes and wherever', () => {
    const parts = fc.array(anySpan, { maxLength: 30 });
    fc.assert(
      fc.property(parts, fc.nat(30), fc.boolean(), (all, split, closed) => {
        const spans = all.map((span, seq) => ({ ...span, seq }));
        const [before, after] = [treeOf(...spans.slice(0, split)), treeOf(...spans)];
        const folding = closed ? foldedAll() : UNFOLDED;
        const shown = new Set(spanKeys(after, grown(folding, before, after)));
        for (const key of spanKeys(before, folding)) expect(shown).toContain(key);
      }),
    );
  });

  it('keeps a group open that the reader opened, and one closed that was', () => {
    const [before, after] = [siblings(6), siblings(9)];
    const [, group] = visibleRows(before, { folding: UNFOLDED, gaps: false });
    const opened = toggled(UNFOLDED, group ?? expect.fail());
    const rows = (folding: Folding): Row[] => visibleRows(after, { folding, gaps: false });
    expect(rows(grown(opened, before, after))).toHaveLength(11);
    expect(rows(grown(UNFOLDED, before, after))).toHaveLength(2);
    expect(rows(UNFOLDED)[1]?.key).toBe(group?.key);
  });

  it('has a row that stands for one which is hidden or gone: the nearest', () => {
    const tree = siblings(6);
    const [root, group] = visibleRows(tree, { folding: UNFOLDED, gaps: false });
    expect(standIns(tree, 'q3', null)[0]).toBe(group?.key);
    expect(standIns(tree, 'q3', null).at(-1)).toBe(root?.key);
    // The group no longer exists, because too few members are left.
    expect(standIns(siblings(3), group?.key ?? '', group ?? null)[0]).toBe('q0');
    expect(standIns(tree, 'nobody', null)).toEqual([]);
  });
});

describe('what belongs to no span', () => {
  const log = (message: string, at: number, more: Partial<LogLine> = {}): LogLine => ({
    at_us: micros(at),
    level: 'info',
    message,
    service: 'lamp',
    attributes: {},
    seq: 1,
    ...more,
  });
  const error = (at: number, more: Partial<ErrorEvent> = {}): ErrorEvent => ({
    ...ERROR,
    event_id: 'e1',
    issue_id: 'i',
    service: 'lamp',
    at_us: micros(at),
    level: 'error',
    kind: 'FuseError',
    value: 'the fuse blew',
    tags: {},
    frames: [],
    breadcrumbs: [],
    seq: 2,
    ...more,
  });
  const wishes = { folding: UNFOLDED, gaps: false };

  it('is a row, by time, below those of the spans', () => {
    const spans = [spanOf('r', null, 10, 90)];
    const errors = [error(50, { span_id: 'absent' }), error(20, { span_id: 'r', event_id: 'own' })];
    const logs = [
      log('smoke', 60),
      log('spark', 40, { span_id: '' }),
      log('own', 30, { span_id: 'r' }),
    ];
    const tree = buildTree({ spans, errors, logs });
    const rows = visibleRows(tree, wishes);
    expect(rows.map((row) => (row.kind === 'event' ? row.event.kind : row.key))).toEqual([
      'r',
      'log',
      'error',
      'log',
    ]);
    expect(rows.map(({ position, siblings }) => `${position}/${siblings}`)).toEqual([
      '1/4',
      '2/4',
      '3/4',
      '4/4',
    ]);
    // They do not extend the trace.
    expect([tree.start, tree.end]).toEqual([10, 90]);
  });

  it('is what a trace is made of that has no spans', () => {
    const tree = buildTree({ spans: [], errors: [], logs: [log('a', 7), log('b', 9)] });
    expect(visibleRows(tree, wishes)).toHaveLength(2);
    expect([tree.start, tree.end]).toEqual([7, 9]);
  });

  it('has a name of its own that stays when more comes', () => {
    const logs = [log('a', 7), log('b', 9), log('a', 7)];
    const of = (some: LogLine[], errors: ErrorEvent[]): string[] =>
      keys(visibleRows(buildTree({ spans: [], errors, logs: some }), wishes));
    const before = of(logs, [error(8)]);
    const after = of(
      [log('early', 1, { seq: 9 }), ...logs],
      [error(8), error(3, { event_id: 'e2' })],
    );
    expect(new Set(after).size).toBe(6);
    for (const key of before) expect(after).toContain(key);
  });

  it('is found by what it says, and a span by what its log lines and errors say', () => {
    const tree = buildTree({
      spans: [spanOf('r', null, 10, 90)],
      errors: [error(50, { span_id: 'r', frames: [{ function: 'shine', in_app: true }] })],
      logs: [log('Smoke in the box', 60), log('spark', 40, { span_id: 'r' })],
    });
    const hits = (query: string): unknown[] =>
      found(tree, query).map((hit) => (isSpan(hit) ? hit.key : hit.kind));
    expect(hits('smoke')).toEqual(['log']);
    expect(hits('spark')).toEqual(['r']);
    expect(hits('fuse blew')).toEqual(['r']);
    expect(hits('shine')).toEqual(['r']);
    expect(hits('lamp')).toEqual(['r', 'log']);
  });
});
