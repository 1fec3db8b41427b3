import { Signal, computed, linkedSignal } from '@angular/core';

import { Layout } from '../tree/layout';
import { isBad } from '../tree/loose-events';
import {
  Folding,
  Row,
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
import { Hit, found, isSpan, nextOf } from './search';
import { SpanNode, failedHere } from '../tree/span-node';
import { Reading } from './trace-address';
import { TraceTree } from '../tree/tree';

/** The rows of a trace with the state of the page: the folding, the search, and the selected row. */
export class Waterfall {
  /** Key of the row that the reader has selected, at first that of the address; empty without one. */
  readonly chosen = linkedSignal(() => this.initial().span);
  readonly gaps = linkedSignal(() => this.initial().gaps);
  readonly search = linkedSignal({ source: () => this.id(), computation: () => '' });
  readonly folding = linkedSignal<{ initial: Reading; tree: TraceTree | null }, Folding>({
    source: () => ({ initial: this.initial(), tree: this.tree() }),
    computation: ({ initial, tree }, previous) => {
      const same = previous?.source.initial === initial;
      const before = same ? previous.source.tree : null;
      const folding = same ? previous.value : initial.folding;
      if (!tree || tree === before) return folding;
      const after = before && !isArriving(before) ? grown(folding, before, tree) : folding;
      // A link to a span opens the groups that hide it.
      const linked = before?.byKey.has(initial.span) ? undefined : tree.byKey.get(initial.span);
      return linked ? { ...after, opened: openedTo(after, tree, linked).opened } : after;
    },
  });
  private readonly tree = computed(() => this.layout()?.tree ?? null);

  readonly hits = computed(() => {
    const tree = this.tree();
    return tree && this.search().trim() !== '' ? found(tree, this.search()) : null;
  });
  private readonly revealed = computed((): ReadonlySet<string> => {
    const tree = this.tree();
    const hits = this.hits();
    return tree && hits ? revealing(tree, hits.filter(isSpan)) : new Set();
  });
  /** Rows that the search opened and the reader has closed; a new search opens them again. */
  private readonly concealed = linkedSignal<string, ReadonlySet<string>>({
    source: this.search,
    computation: () => new Set(),
  });
  readonly rows = computed(() => {
    const tree = this.tree();
    return tree
      ? visibleRows(tree, {
          folding: this.folding(),
          gaps: this.gaps(),
          revealed: this.revealed(),
          concealed: this.concealed(),
        })
      : [];
  });
  private readonly indices = computed(
    () => new Map(this.rows().map(({ key }, index) => [key, index] as const)),
  );
  /** Key of the row that is selected at first; it stays while a trace grows whose root is there. */
  readonly firstKey = linkedSignal<{ id: string; layout: Layout | null }, string>({
    source: () => ({ id: this.id(), layout: this.layout() }),
    computation: ({ id, layout }, previous) => {
      const before = previous?.source.id === id ? previous.source.layout?.tree : null;
      if (previous && before && previous.value !== '' && !isArriving(before)) return previous.value;
      return layout ? keyToSelect(layout) : '';
    },
  });
  private readonly selectedKey = computed(() => this.chosen() || this.firstKey());
  /** Position of the selected row. `row` is the row as it was drawn last, even if another one replaces it now. */
  private readonly place = linkedSignal<
    { rows: readonly Row[]; key: string },
    { index: number; row: Row | null }
  >({
    source: () => ({ rows: this.rows(), key: this.selectedKey() }),
    computation: ({ rows, key }, previous) => {
      const known = this.indices().get(key);
      if (known !== undefined) return { index: known, row: rows[known] ?? null };
      const row = previous?.source.key === key ? previous.value.row : null;
      const tree = this.tree();
      for (const other of tree ? standIns(tree, key, row) : []) {
        const index = this.indices().get(other);
        if (index !== undefined) return { index, row };
      }
      return { index: rows.length > 0 ? 0 : -1, row };
    },
  });
  readonly active = computed(() => this.place().index);
  readonly selected = computed((): Row | null => this.rows()[this.active()] ?? null);

  constructor(
    readonly id: Signal<string>,
    readonly initial: Signal<Reading>,
    readonly layout: Signal<Layout | null>,
  ) {}

  /** Undefined for a row that is folded away, or of another trace. */
  indexOf(key: string): number | undefined {
    return this.indices().get(key);
  }

  select(row: Row): void {
    this.chosen.set(row.key);
  }

  toggle(row: Row): void {
    this.select(row);
    const { key, open } = row;
    if (open === null) return;
    this.folding.update((folding) => toggled(folding, row));
    this.concealed.update((keys) => put(keys, key, open));
  }

  closeAll(): void {
    this.concealed.set(this.revealed());
    this.folding.set(foldedAll());
  }

  openAll(): void {
    this.concealed.set(new Set());
    this.folding.set(unfoldedAll());
  }

  /** The ancestor row of the selected one; -1 without one. */
  above(): number {
    const depth = this.selected()?.depth ?? 0;
    return this.rows().findLastIndex((row, at) => at < this.active() && row.depth < depth);
  }

  /** Index of the next result in cyclic order; -1 without one. */
  nextHit(direction: 1 | -1): number {
    const places = (this.hits() ?? []).flatMap(({ key }) => this.indexOf(key) ?? []);
    return nextOf(
      places.sort((one, other) => one - other),
      this.chosen() === '' ? -1 : this.active(),
      direction,
    );
  }

  /** Opens the rows that hide the next failure, and returns its index; null without failures. */
  nextFailure(): number | null {
    const tree = this.tree();
    if (!tree) return null;
    // In the order of the rows: events without a span come after the spans.
    const all: Hit[] = [...tree.nodes, ...tree.loose];
    const failures = [...all.keys()].filter((index) => {
      const each = all[index];
      return each && (isSpan(each) ? each.failed : isBad(each));
    });
    const from = all.findIndex(({ key }) => key === this.selectedKey());
    const found = all[nextOf(failures, from, 1)];
    if (!found) return null;
    return isSpan(found) ? this.opened(found) : (this.indexOf(found.key) ?? 0);
  }

  /** Opens the rows that hide a span, and returns its index. */
  opened(node: SpanNode): number {
    const tree = this.tree();
    if (!tree) return 0;
    this.folding.update((folding) => openedTo(folding, tree, node));
    const around = revealing(tree, [node]);
    this.concealed.update((keys) => new Set([...keys].filter((key) => !around.has(key))));
    return this.indexOf(node.key) ?? 0;
  }

  /** Index of the first event without a span. */
  firstLoose(): number {
    return this.indexOf(this.tree()?.loose[0]?.key ?? '') ?? 0;
  }

  /** Position of the selected row among the results: "2 / 5". */
  matches(number: (value: number) => string): string {
    const hits = this.hits();
    if (!hits) return '';
    const at = hits.map(({ key }) => this.indexOf(key) ?? -1).indexOf(this.active());
    return `${at < 0 ? '–' : number(at + 1)} / ${number(hits.length)}`;
  }
}

/** Whether the root is still missing, so that neither the duration nor the critical path is known. */
function isArriving({ root }: TraceTree): boolean {
  return root?.oddities.includes('orphan') ?? false;
}

/** Key of the row to select at first: the last failure, or else the span with most of the critical path. */
function keyToSelect({ tree, shares }: Layout): string {
  const failed = tree.nodes.findLast(failedHere) ?? tree.loose.find(isBad);
  return (failed ?? shares[0]?.span ?? tree.root ?? tree.loose[0])?.key ?? '';
}
