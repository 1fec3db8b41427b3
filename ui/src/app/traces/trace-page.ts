import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  computed,
  effect,
  inject,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Span, TraceRow } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { brief } from '../core/i18n/legible';
import { Address } from '../core/ui/address';
import { NotShown } from '../core/ui/not-shown';
import { OpenTrace } from '../core/ui/open-trace';
import { LoadWords } from '../core/ui/load-words';
import { followTrace } from './tree/followed-trace';
import { layoutOf } from './tree/layout';
import { MinimapView } from './waterfall/minimap-view';
import { SpanDetails } from './waterfall/span-details';
import { SpanNode } from './tree/span-node';
import { TimeView } from './waterfall/time-view';
import { TraceActions } from './trace-actions';
import { Reading, queryOf, readingOf } from './waterfall/trace-address';
import { headOf } from './trace-head';
import { Waterfall } from './waterfall/waterfall';
import { WaterfallGrid } from './waterfall/waterfall-grid';
import { Meaning, keyMeaning } from './waterfall/waterfall-keys';

/**
 * Pause before the address follows, in milliseconds, because browsers reject an address that changes with every key.
 */
const ADDRESS_CALM_MS = 300;
/** Limit of the text in a tooltip, in characters. */
const MOST_OF_A_TITLE = 1_000;

/** One trace as a waterfall: rows, bars, critical path, and the details of a span. */
@Component({
  selector: 'rs-trace-page',
  imports: [MinimapView, NotShown, LoadWords, SpanDetails, TraceActions, WaterfallGrid],
  templateUrl: './trace-page.html',
  styleUrls: ['./trace-screen.css', './trace-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
})
export class TracePage {
  protected readonly address = inject(Address);
  private readonly language = inject(Language);
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

  /** The state of the page at first, from the address, which follows all later changes. */
  private readonly initial = computed(() => {
    this.id();
    return readingOf(untracked(this.address.query));
  });
  protected readonly waterfall = new Waterfall(this.id, this.initial, this.layout);
  protected readonly time = new TimeView(this.initial, this.layout);
  protected readonly critical = linkedSignal(() => this.initial().critical);
  protected readonly details = signal(true);
  protected readonly allShares = linkedSignal({ source: this.id, computation: () => false });
  protected readonly notice = signal<string | null>(null);

  private readonly grid = viewChild(WaterfallGrid);
  private readonly actions = viewChild.required(TraceActions);
  private readonly searchField = viewChild<ElementRef<HTMLInputElement>>('searchField');
  private readonly panel = viewChild('panel', { read: ElementRef<HTMLElement> });
  private addressTimer: ReturnType<typeof setTimeout> | undefined;

  protected readonly list = computed(() => this.address.asLeft('/traces'));
  protected readonly matches = computed(() =>
    this.waterfall.matches(this.language.formats().number),
  );
  protected readonly head = computed(() => {
    const [detail, layout] = [this.trace.detail(), this.layout()];
    return detail && layout && headOf(detail, layout, this.allShares(), this.language);
  });

  /** The most important keys, if nothing else takes their room; `?` explains them too. */
  protected readonly hint = computed(() =>
    this.time.isPart() || this.layout()?.tree.later.length ? '' : this.say('viewer.trace.keys'),
  );

  /** The action of each key. */
  private readonly does: Readonly<Record<Meaning, () => void>> = {
    down: () => this.moveBy(1),
    up: () => this.moveBy(-1),
    'page-down': () => this.moveBy(this.grid()?.page() ?? 1),
    'page-up': () => this.moveBy(-(this.grid()?.page() ?? 1)),
    first: () => this.moveTo(0),
    last: () => this.moveTo(this.waterfall.rows().length - 1),
    close: () => this.close(),
    open: () => this.open(),
    'close-all': () => this.waterfall.closeAll(),
    'open-all': () => this.waterfall.openAll(),
    details: () => this.showDetails(),
    'next-error': () => this.toFailure(),
    critical: () => this.critical.update((on) => !on),
    gaps: () => this.waterfall.gaps.update((on) => !on),
    compare: () => void this.actions().comparePrevious(),
    search: () => this.searchField()?.nativeElement.focus(),
    'zoom-in': () => this.time.zoom('in', this.waterfall.selected()),
    'zoom-out': () => this.time.zoom('out', this.waterfall.selected()),
    'pan-left': () => this.time.panTo(-1),
    'pan-right': () => this.time.panTo(1),
    whole: () => this.time.look(null),
    leave: () => this.leave(),
  };

  constructor() {
    effect(() => {
      const reading: Reading = {
        span: this.waterfall.chosen(),
        view: this.time.wished(),
        folding: this.waterfall.folding(),
        gaps: this.waterfall.gaps(),
        critical: this.critical(),
      };
      const id = this.id();
      clearTimeout(this.addressTimer);
      this.addressTimer = setTimeout(() => {
        if (id === this.id()) this.address.change(queryOf(reading));
      }, ADDRESS_CALM_MS);
    });
    const { rows } = inject(OpenTrace);
    effect(() => {
      const layout = this.layout();
      const grid = this.grid();
      if (!layout || !grid) return rows.set(null);
      const select = (node: SpanNode | undefined): boolean =>
        node !== undefined && this.read(this.waterfall.opened(node));
      rows.set({
        culprit: () => select(layout.shares[0]?.span),
        row: (wanted) => select(layout.tree.nodes.find(({ span }) => isRow(span, wanted))),
      });
    });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.addressTimer);
      rows.set(null);
    });
  }

  protected press(event: KeyboardEvent): void {
    const meaning = keyMeaning(event);
    if (!meaning || this.trace.state() !== 'ready') return;
    event.preventDefault();
    this.notice.set(null);
    this.does[meaning]();
  }

  protected title(text: string): string {
    return brief(text, MOST_OF_A_TITLE);
  }

  protected async copyId(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.id());
      this.notice.set(this.say('viewer.trace.copied'));
    } catch {
      this.notice.set(this.say('viewer.trace.notCopied'));
    }
  }

  protected searchKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.waterfall.search.set('');
      this.grid()?.focus();
    } else if (event.key === 'Enter') this.toHit(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  protected type(query: string): void {
    this.waterfall.search.set(query);
    // The first result is scrolled to; the selected row changes only with Enter.
    const index = this.waterfall.indexOf(this.waterfall.hits()?.[0]?.key ?? '');
    if (index !== undefined) this.grid()?.reveal(index);
  }

  protected toLoose(): void {
    this.moveTo(this.waterfall.firstLoose());
  }

  /** Escape clears the search, or else the zoom. */
  private leave(): void {
    const isInPanel = this.panel()?.nativeElement.contains(document.activeElement) ?? false;
    if (this.waterfall.search() !== '') this.waterfall.search.set('');
    else if (!isInPanel && this.time.isPart()) this.time.look(null);
    this.grid()?.focus();
  }

  private moveBy(rows: number): void {
    this.moveTo(this.waterfall.active() + rows);
  }

  private moveTo(index: number): void {
    const last = this.waterfall.rows().length - 1;
    if (this.read(Math.min(Math.max(index, 0), last))) this.grid()?.focus();
  }

  /** Selects a row and scrolls to it; false if it does not exist. */
  private read(index: number): boolean {
    const row = this.waterfall.rows()[index];
    if (!row) return false;
    this.waterfall.select(row);
    this.grid()?.reveal(index);
    return true;
  }

  private close(): void {
    const row = this.waterfall.selected();
    if (row?.open) return this.waterfall.toggle(row);
    const above = this.waterfall.above();
    if (above >= 0) this.moveTo(above);
  }

  private open(): void {
    const row = this.waterfall.selected();
    if (row?.open === false) this.waterfall.toggle(row);
    else if (row?.open) this.moveBy(1);
  }

  private toFailure(): void {
    if (!this.layout()) return;
    const index = this.waterfall.nextFailure();
    if (index === null) this.notice.set(this.say('viewer.trace.noErrors'));
    else this.moveTo(index);
  }

  private toHit(direction: 1 | -1): void {
    this.read(this.waterfall.nextHit(direction));
  }

  private showDetails(): void {
    this.details.set(true);
    // The panel must be drawn before it can have the focus.
    setTimeout(() => this.panel()?.nativeElement.focus());
  }
}

function isRow(span: Span, { service, op, description }: TraceRow): boolean {
  return (
    span.service === service &&
    (op === undefined || span.op === op) &&
    (description === undefined || span.description.startsWith(description))
  );
}
