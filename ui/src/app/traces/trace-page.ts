import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { ZERO, micros } from '../core/api/micros';
import { ShownSettings } from '../core/api/schema';
import { Key, Language } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { firstOf } from '../core/ui/capped';
import { NotShown } from '../core/ui/not-shown';
import { colourOf } from '../core/ui/service-colour';
import { comparePath } from '../core/ui/trace-place';
import { VirtualRows } from '../core/ui/virtual-rows';
import { backgroundOf, backgroundWords } from './background';
import { Columns } from './columns';
import { ComparePick } from './compare-pick';
import { download } from './download';
import { fileName, traceHtml, traceJson } from './export-trace';
import { followTrace } from './followed-trace';
import { keyMeaning } from './key-meaning';
import { Layout, layoutOf } from './layout';
import { isBad } from './loose-events';
import { measuredWords } from './measured-words';
import { MinimapView } from './minimap-view';
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
  visibleRows,
} from './rows';
import { Hit, found, isSpan, nextOf } from './search';
import { sentryLink } from './sentry-link';
import { SpanDetails } from './span-details';
import { View, isWhole, panned, percentAt, ticks, whole, within, zoomed } from './time-scale';
import { Reading, queryOf, readingOf } from './trace-address';
import { TraceFeed } from './trace-feed';
import { nameOfTrace } from './trace-name';
import { TraceTree } from './tree';
import { Scene, WaterfallLine, lineOf, oddWords } from './waterfall-line';

/** Browsers refuse an address that changes with every key. */
const ADDRESS_CALM_MS = 300;
const STEP = 1.25;
/** A line has no room for more of a text, and for more shares of the critical path. */
const MOST_OF_A_WORD = 100;
/** Most roots beside the one that the trace is about that are named. */
const MOST_OTHER_ROOTS = 5;
const MOST_SHARES = 3;
const MOST_OF_A_TITLE = 1_000;

/** One trace as a waterfall: rows, bars, critical path, and what each span says. */
@Component({
  selector: 'rs-trace-page',
  imports: [MinimapView, NotShown, SpanDetails, VirtualRows],
  templateUrl: './trace-page.html',
  styleUrls: ['./rows.css', './trace-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
})
export class TracePage {
  private readonly injector = inject(Injector);
  private readonly address = inject(Address);
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  private readonly feed = inject(TraceFeed);
  protected readonly pick = inject(ComparePick);
  protected readonly columns = inject(Columns);
  protected readonly say = this.language.say;

  protected readonly id = computed(() => this.address.path().split('/')[2] ?? '');
  protected readonly trace = followTrace(this.id);
  protected readonly layout = computed(() => {
    const detail = this.trace.detail();
    if (!detail) return null;
    const begun = performance.now();
    const layout = layoutOf(detail);
    performance.measure('trace-layout', { start: begun, end: performance.now() });
    return layout;
  });
  protected readonly total = computed(() => this.layout()?.total ?? ZERO);

  /** What the reader does; at first as the address says it, and the address follows. */
  private readonly initial = computed(() => {
    this.id();
    return readingOf(untracked(this.address.query));
  });
  private readonly wishedKey = linkedSignal(() => this.initial().span);
  private readonly wishedView = linkedSignal<View | null>(() => this.initial().view);
  private readonly folding = linkedSignal<{ initial: Reading; tree: TraceTree | null }, Folding>({
    source: () => ({ initial: this.initial(), tree: this.layout()?.tree ?? null }),
    computation: ({ initial, tree }, previous) => {
      const same = previous?.source.initial === initial;
      const before = same ? previous.source.tree : null;
      const folding = same ? previous.value : initial.folding;
      if (!tree || tree === before) return folding;
      const after = before ? grown(folding, before, tree) : folding;
      // A link leads to a span, whichever group it is in.
      const linked = before?.byKey.has(initial.span) ? undefined : tree.byKey.get(initial.span);
      return linked ? { ...after, opened: openedTo(after, tree, linked).opened } : after;
    },
  });
  protected readonly gaps = linkedSignal(() => this.initial().gaps);
  protected readonly critical = linkedSignal(() => this.initial().critical);
  protected readonly search = linkedSignal({ source: this.id, computation: () => '' });
  protected readonly details = signal(true);
  protected readonly allShares = linkedSignal({ source: this.id, computation: () => false });
  protected readonly notice = signal<string | null>(null);
  private readonly settings = signal<ShownSettings | null>(null);

  private readonly scroller = viewChild('rows', { read: VirtualRows });
  private readonly grid = viewChild('rows', { read: ElementRef<HTMLElement> });
  private readonly searchField = viewChild<ElementRef<HTMLInputElement>>('searchField');
  private readonly timeline = viewChild<ElementRef<HTMLElement>>('timeline');
  private readonly panel = viewChild('panel', { read: ElementRef<HTMLElement> });
  private addressTimer: ReturnType<typeof setTimeout> | undefined;

  protected readonly view = computed(() => {
    const view = this.wishedView();
    return view ? within(view, this.total()) : whole(this.total());
  });
  protected readonly zoomedIn = computed(() => !isWhole(this.view(), this.total()));

  private readonly hits = computed(() => {
    const tree = this.layout()?.tree;
    return tree && this.search().trim() !== '' ? found(tree, this.search()) : null;
  });
  private readonly revealed = computed((): ReadonlySet<string> => {
    const tree = this.layout()?.tree;
    const hits = this.hits();
    return tree && hits ? revealing(tree, hits.filter(isSpan)) : new Set();
  });
  /** What the reader has closed of what the search opened; another search opens it again. */
  private readonly concealed = linkedSignal<string, ReadonlySet<string>>({
    source: this.search,
    computation: () => new Set(),
  });
  protected readonly rows = computed(() => {
    const tree = this.layout()?.tree;
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
  /** The row of a new reader, who reads on there while the trace grows. */
  private readonly firstKey = linkedSignal<{ id: string; layout: Layout | null }, string>({
    source: () => ({ id: this.id(), layout: this.layout() }),
    computation: ({ id, layout }, previous) => {
      if (previous?.source.id === id && previous.value !== '') return previous.value;
      return layout ? worthReading(layout) : '';
    },
  });
  private readonly selectedKey = computed(() => this.wishedKey() || this.firstKey());
  /** Where the selected row is; `row` is that row as it was seen last, also where another stands for it. */
  private readonly place = linkedSignal<
    { rows: readonly Row[]; key: string },
    { index: number; row: Row | null }
  >({
    source: () => ({ rows: this.rows(), key: this.selectedKey() }),
    computation: ({ rows, key }, previous) => {
      const known = this.indices().get(key);
      if (known !== undefined) return { index: known, row: rows[known] ?? null };
      const row = previous?.source.key === key ? previous.value.row : null;
      const tree = this.layout()?.tree;
      for (const other of tree ? standIns(tree, key, row) : []) {
        const index = this.indices().get(other);
        if (index !== undefined) return { index, row };
      }
      return { index: rows.length > 0 ? 0 : -1, row };
    },
  });
  protected readonly active = computed(() => this.place().index);
  protected readonly selected = computed((): Row | null => this.rows()[this.active()] ?? null);

  private readonly scene = computed((): Scene | null => {
    const layout = this.layout();
    const hits = this.hits();
    return (
      layout && {
        layout,
        view: this.view(),
        critical: this.critical(),
        formats: this.language.formats(),
        say: this.say,
        matched: hits && new Set<Hit>(hits),
      }
    );
  });
  /** Lines that were drawn in this scene: scrolling makes only those that come into sight. */
  private readonly known = computed(() => {
    this.scene();
    return new WeakMap<Row, WaterfallLine>();
  });
  protected readonly lines = computed((): WaterfallLine[] => {
    const scene = this.scene();
    const scroller = this.scroller();
    if (!scene || !scroller) return [];
    const known = this.known();
    return this.rows()
      .slice(scroller.first(), scroller.last())
      .map((row) => {
        const line = known.get(row) ?? lineOf(row, scene);
        known.set(row, line);
        return line;
      });
  });
  protected readonly marks = computed(() => {
    const view = this.view();
    const { mark } = this.language.formats();
    const times = ticks(view, 5);
    const step = micros((times[1] ?? 0) - (times[0] ?? 0));
    return times
      .map((time) => ({
        text: mark(time, step > 0 ? step : undefined),
        left: percentAt(view, time),
      }))
      .filter(({ left }) => left < 94);
  });
  protected readonly matches = computed(() => {
    const hits = this.hits();
    if (!hits) return '';
    const places = hits.map(({ key }) => this.indices().get(key) ?? -1);
    const { number } = this.language.formats();
    const at = places.indexOf(this.active());
    return `${at < 0 ? '–' : number(at + 1)} / ${number(hits.length)}`;
  });

  protected readonly head = computed(() => {
    const detail = this.trace.detail();
    const layout = this.layout();
    if (!detail || !layout) return null;
    const { lapse, percent, date } = this.language.formats();
    const { summary } = detail;
    const count = (key: 'spans' | 'services', value: number): string =>
      this.language.count(`viewer.trace.${key}`, value);
    const { length } = layout.shares;
    const shares = firstOf(layout.shares, this.allShares() ? length : MOST_SHARES);
    const otherRoots = firstOf(detail.other_roots ?? [], MOST_OTHER_ROOTS);
    const background = backgroundWords(backgroundOf(summary), this.say, this.language.formats());
    return {
      name: nameOfTrace(detail),
      whole: summary.name || nameOfTrace(detail),
      ok: summary.ok,
      when: date(summary.start_us),
      release: brief(summary.release ?? '', MOST_OF_A_WORD),
      player: brief(summary.player ?? '', MOST_OF_A_WORD),
      virtual: summary.virtual_player,
      time: summary.spans === 0 ? '–' : lapse(summary.root_us),
      rest: `${background && ` ${background}`}, ${joined(', ', [
        count('spans', layout.tree.nodes.length),
        count('services', summary.services.length),
      ])}`,
      shares: shares.shown.map(({ actor, share }) => ({
        actor: brief(actor, MOST_OF_A_WORD),
        colour: colourOf(actor),
        share: percent(share * 100, 0),
      })),
      moreShares: shares.rest,
      why: layout.path.why && this.say(`viewer.why.${layout.path.why}`),
      measured: measuredWords(summary, this.say, this.language.formats()),
      failure: summary.ok
        ? ''
        : this.say('viewer.trace.failed', { status: brief(summary.status, MOST_OF_A_WORD) }),
      odd: oddWords(
        // Circles only show in the tree.
        layout.tree.nodes.some(({ oddities }) => oddities.includes('cycle'))
          ? [...summary.oddities, 'cycle']
          : summary.oddities,
        this.say,
      ),
      loose: this.looseWords(layout.tree),
      otherRoots: otherRoots.shown.map((root) => ({
        id: root.span_id,
        name: brief(root.name || root.span_id, MOST_OF_A_WORD),
        service: brief(root.service, MOST_OF_A_WORD),
        time: lapse(root.duration_us),
      })),
      moreRoots: otherRoots.rest,
    };
  });
  protected readonly sentry = computed(() => {
    const settings = this.settings();
    return settings && sentryLink(settings, this.id());
  });

  constructor() {
    void this.askSettings();
    // The row of the address is brought into sight when it is there. A new reader begins at the top.
    let followed: Reading | null = null;
    effect(() => {
      const [scroller, initial] = [this.scroller(), this.initial()];
      if (!scroller || followed === initial || !this.indices().has(initial.span)) return;
      followed = initial;
      // There is nothing to scroll before the rows are drawn.
      const reveal = (): void => scroller.reveal(untracked(this.active));
      afterNextRender({ write: reveal }, { injector: this.injector });
    });
    // What is read stays where it is on the screen when the trace grows.
    let drawn: { id: string; tree: TraceTree | null; rows: readonly Row[] } | null = null;
    effect(() => {
      const [scroller, tree, rows] = [this.scroller(), this.layout()?.tree ?? null, this.rows()];
      untracked(() => {
        const before = drawn;
        drawn = { id: this.id(), tree, rows };
        if (!scroller || !before?.tree || before.id !== drawn.id || before.tree === tree) return;
        const key = this.wishedKey();
        scroller.follow(
          (index) => this.indices().get(before.rows[index]?.key ?? ''),
          key === '' ? -1 : before.rows.findIndex((row) => row.key === key),
        );
      });
    });
    effect(() => {
      const reading: Reading = {
        span: this.wishedKey(),
        view: this.wishedView(),
        folding: this.folding(),
        gaps: this.gaps(),
        critical: this.critical(),
      };
      const id = this.id();
      clearTimeout(this.addressTimer);
      this.addressTimer = setTimeout(() => {
        if (id === this.id()) this.address.change(queryOf(reading));
      }, ADDRESS_CALM_MS);
    });
    inject(DestroyRef).onDestroy(() => clearTimeout(this.addressTimer));
  }

  protected indexOf(line: number): number {
    return (this.scroller()?.first() ?? 0) + line;
  }

  protected select(row: Row): void {
    this.wishedKey.set(row.key);
  }

  protected toggle(row: Row): void {
    this.wishedKey.set(row.key);
    const { key, open } = row;
    if (open === null) return;
    this.folding.update((folding) => toggled(folding, row));
    this.concealed.update((keys) => put(keys, key, open));
  }

  protected look(view: View | null): void {
    this.wishedView.set(view && within(view, this.total()));
  }

  protected readonly list = computed(() => this.address.asLeft('/traces'));
  protected back(event: MouseEvent): void {
    this.address.followBack(event, '/traces');
  }

  protected wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    const box = this.timeline()?.nativeElement.getBoundingClientRect();
    if (!box || box.width === 0) return;
    const by = Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY;
    if (event.ctrlKey) {
      const at = Math.min(Math.max((event.clientX - box.left) / box.width, 0), 1);
      this.look(zoomed(this.view(), Math.exp(by / 300), at, this.total()));
    } else this.look(panned(this.view(), by / box.width, this.total()));
  }

  protected searchKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.search.set('');
      this.focusGrid();
    } else if (event.key === 'Enter') this.toHit(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  protected type(query: string): void {
    this.search.set(query);
    // The first of the found is shown at once; the row stays the reader's own until Enter.
    const first = this.hits()?.[0];
    const index = first && this.indices().get(first.key);
    if (index !== undefined) this.scroller()?.reveal(index);
  }

  protected async copyId(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.id());
      this.notice.set(this.say('viewer.trace.copied'));
    } catch {
      this.notice.set(this.say('viewer.trace.notCopied'));
    }
  }

  protected save(kind: 'json' | 'html'): void {
    const detail = this.trace.detail();
    const layout = this.layout();
    if (!detail || !layout) return;
    const name = fileName(detail, kind);
    if (kind === 'json') download(name, 'application/json', traceJson(detail));
    else {
      const tongue = {
        lang: this.language.active(),
        say: this.say,
        formats: this.language.formats(),
      };
      download(name, 'text/html', traceHtml(detail, layout, tongue));
    }
    this.notice.set(this.say('viewer.trace.saved', { name }));
  }

  protected async comparePrevious(): Promise<void> {
    const summary = this.trace.detail()?.summary;
    if (!summary) return;
    if (this.pick.picked()) return this.pick.pick(summary);
    try {
      const previous = await this.feed.previous(summary);
      if (previous) this.address.go(comparePath(previous.trace_id, summary.trace_id));
      else this.notice.set(this.say('viewer.trace.noPrevious'));
    } catch {
      this.notice.set(this.say('viewer.list.failedLoad'));
    }
  }

  protected toSettings(event: MouseEvent): void {
    this.address.follow(event, '/settings');
  }

  protected press(event: KeyboardEvent): void {
    const meaning = keyMeaning(event);
    if (!meaning || this.trace.state() !== 'ready') return;
    event.preventDefault();
    this.notice.set(null);
    switch (meaning) {
      case 'down':
        return this.moveTo(this.active() + 1);
      case 'up':
        return this.moveTo(this.active() - 1);
      case 'page-down':
        return this.moveTo(this.active() + (this.scroller()?.page() ?? 1));
      case 'page-up':
        return this.moveTo(this.active() - (this.scroller()?.page() ?? 1));
      case 'first':
        return this.moveTo(0);
      case 'last':
        return this.moveTo(this.rows().length - 1);
      case 'close':
        return this.close();
      case 'open':
        return this.open();
      case 'close-all':
        this.concealed.set(this.revealed());
        return this.folding.set(foldedAll());
      case 'open-all':
        this.concealed.set(new Set());
        return this.folding.set(UNFOLDED);
      case 'details':
        return this.showDetails();
      case 'next-error':
        return this.toFailure();
      case 'critical':
        return this.critical.update((on) => !on);
      case 'gaps':
        return this.gaps.update((on) => !on);
      case 'compare':
        return void this.comparePrevious();
      case 'search':
        return this.searchField()?.nativeElement.focus();
      case 'zoom-in':
        return this.zoom(1 / STEP);
      case 'zoom-out':
        return this.zoom(STEP);
      case 'pan-left':
        return this.look(panned(this.view(), -0.2, this.total()));
      case 'pan-right':
        return this.look(panned(this.view(), 0.2, this.total()));
      case 'whole':
        return this.look(null);
      case 'leave':
        return this.leave();
    }
  }

  /** Escape takes back the last thing that lies over the rows. */
  private leave(): void {
    if (this.search() !== '') this.search.set('');
    else if (this.panel()?.nativeElement.contains(document.activeElement)) this.focusGrid();
    else if (this.zoomedIn()) this.look(null);
    this.focusGrid();
  }

  private moveTo(index: number): void {
    const last = this.rows().length - 1;
    const at = Math.min(Math.max(index, 0), last);
    const row = this.rows()[at];
    if (!row) return;
    this.wishedKey.set(row.key);
    this.scroller()?.reveal(at);
    this.focusGrid();
  }

  private close(): void {
    const row = this.selected();
    if (!row) return;
    if (row.open) return this.toggle(row);
    // To the row above it in the tree.
    for (let at = this.active() - 1; at >= 0; at -= 1) {
      if ((this.rows()[at]?.depth ?? 0) < row.depth) return this.moveTo(at);
    }
  }

  private open(): void {
    const row = this.selected();
    if (!row) return;
    if (row.open === false) this.toggle(row);
    else if (row.open) this.moveTo(this.active() + 1);
  }

  private toFailure(): void {
    const tree = this.layout()?.tree;
    if (!tree) return;
    // In the order of the rows: what belongs to no span comes after the spans.
    const all: Hit[] = [...tree.nodes, ...tree.loose];
    const failures = [...all.keys()].filter((index) => {
      const each = all[index];
      return each && (isSpan(each) ? each.failed : isBad(each));
    });
    const from = all.findIndex(({ key }) => key === this.selectedKey());
    const found = all[nextOf(failures, from, 1)];
    if (!found) return this.notice.set(this.say('viewer.trace.noErrors'));
    if (isSpan(found)) {
      this.folding.update((folding) => openedTo(folding, tree, found));
      const around = revealing(tree, [found]);
      this.concealed.update((keys) => new Set([...keys].filter((key) => !around.has(key))));
    }
    this.moveTo(this.indices().get(found.key) ?? 0);
  }

  /** A tooltip is read in one look. */
  protected title(text: string): string {
    return brief(text, MOST_OF_A_TITLE);
  }

  protected toLoose(): void {
    const [first] = this.layout()?.tree.loose ?? [];
    if (first) this.moveTo(this.indices().get(first.key) ?? 0);
  }

  protected ownError(row: Row): Key {
    return row.kind === 'event' ? 'viewer.trace.eventError' : 'viewer.trace.ownError';
  }

  private toHit(direction: 1 | -1): void {
    const places = (this.hits() ?? []).flatMap(({ key }) => this.indices().get(key) ?? []);
    const index = nextOf(
      places.sort((one, other) => one - other),
      this.wishedKey() === '' ? -1 : this.active(),
      direction,
    );
    const row = this.rows()[index];
    if (!row) return;
    this.wishedKey.set(row.key);
    this.scroller()?.reveal(index);
  }

  private zoom(factor: number): void {
    const row = this.selected();
    const view = this.view();
    // Towards the selected span, as far as it is shown.
    const node = row?.kind === 'span' ? row.node : null;
    const start = this.layout()?.tree.start ?? ZERO;
    const middle = node ? micros((node.start + node.end) / 2 - start) : null;
    const at = middle === null ? 0.5 : percentAt(view, middle) / 100;
    this.look(zoomed(view, factor, Math.min(Math.max(at, 0), 1), this.total()));
  }

  private showDetails(): void {
    this.details.set(true);
    // The panel is drawn first.
    setTimeout(() => this.panel()?.nativeElement.focus());
  }

  private focusGrid(): void {
    this.grid()?.nativeElement.focus({ preventScroll: true });
  }

  private async askSettings(): Promise<void> {
    try {
      this.settings.set(await this.gateway.settings());
    } catch {
      // Without settings there is no link into Sentry; everything else is here.
    }
  }

  private looseWords({ looseErrors, looseLogs }: TraceTree): string {
    const { number } = this.language.formats();
    const words = (key: Key, { length }: readonly unknown[]): string =>
      length === 0 ? '' : `${this.say(key)}: ${number(length)}`;
    return joined(' · ', [
      words('viewer.trace.looseErrors', looseErrors),
      words('viewer.trace.looseLogs', looseLogs),
    ]);
  }
}

/** What a new reader looks for first: what failed, else where the time went. */
function worthReading({ tree, shares }: Layout): string {
  const failed = tree.nodes.findLast((node) => node.failed) ?? tree.loose.find(isBad);
  return (failed ?? shares[0]?.span ?? tree.root ?? tree.loose[0])?.key ?? '';
}
