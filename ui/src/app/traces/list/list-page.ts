import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Language } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { isTaken } from '../../core/ui/row-keys';
import { RowList } from '../../core/ui/row-list';
import { offerSpotRow } from '../../core/ui/spot-rows';
import { tracePath } from '../../core/ui/trace-place';
import { VirtualRows } from '../../core/ui/virtual-rows';
import { ComparePick } from './compare-pick';
import { TraceFilters } from './list-filters';
import { figureWords, lineOf, periodWords } from './list-line';
import { TraceFeed } from './trace-feed';
import { isArriving } from './trace-list';

const TICK_MS = 500;

/** All traces, newest first, live, with their figures. */
@Component({
  selector: 'rs-trace-list-page',
  imports: [RowList, TraceFilters, VirtualRows],
  templateUrl: './list-page.html',
  styleUrls: ['../../core/ui/rows.css', '../../core/ui/live-list.css', './list-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
})
export class TraceListPage {
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  protected readonly feed = inject(TraceFeed);
  protected readonly pick = inject(ComparePick);
  protected readonly say = this.language.say;
  private readonly filters = viewChild.required(TraceFilters);
  private readonly rows = viewChild.required(VirtualRows);
  private readonly list = viewChild.required(RowList);

  /** Id of the row of the trace from which the person came back. */
  protected readonly opened = `trace-${this.address.returnedFrom()?.split('/')[2] ?? ''}`;
  protected readonly ids = computed(() =>
    this.feed.shown().map(({ trace_id }) => `trace-${trace_id}`),
  );
  protected readonly figures = computed(() =>
    figureWords(this.feed.figures(), this.feed.more(), this.language),
  );
  protected readonly period = computed(() => periodWords(this.filters().filter(), this.language));
  private readonly longest = computed(() =>
    this.feed
      .shown()
      .reduce((most, trace) => Math.max(most, isArriving(trace) ? 0 : trace.root_us), 1),
  );
  /** In milliseconds since the Unix epoch; goes on while a trace is running. */
  private readonly now = signal(Date.now());
  protected readonly lines = computed(() =>
    this.rows()
      .inSight(this.feed.shown())
      .map((trace) => lineOf(trace, this.longest(), this.now(), this.language)),
  );
  protected readonly waiting = computed(() => {
    const count = this.feed.waiting();
    return count === 0 ? '' : this.language.count('viewer.list.newer', count);
  });
  protected readonly picked = computed(() => {
    const trace = this.pick.picked();
    if (!trace) return '';
    const time = this.language.formats().when(trace.start_us);
    return this.say('viewer.list.picked', { name: trace.name, time });
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.feed.watch());
    offerSpotRow('newest_trace', () => {
      this.showNewest();
      return this.feed.shown().length > 0;
    });
    const clock = setInterval(() => {
      if (this.feed.shown().some(isArriving)) this.now.set(Date.now());
    }, TICK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(clock));
    effect(() => {
      const filter = this.filters().filter();
      untracked(() => void this.feed.show(filter));
    });
    // A person who has scrolled, or moves through the rows by keyboard, is reading, so no row may move.
    effect(() => {
      const reading = !this.rows().atTop() || this.list().active() > 0;
      untracked(() => this.feed.hold(reading));
    });
  }

  protected showNewest(): void {
    this.list().toTop();
    this.feed.hold(false);
  }

  protected open(index: number): void {
    const trace = this.feed.shown()[index];
    if (trace) this.address.go(tracePath(trace.trace_id));
  }

  protected press(event: KeyboardEvent): void {
    if (isTaken(event)) return;
    const trace = this.feed.shown()[this.list().active()];
    if (event.key === 'Escape') {
      this.pick.cancel();
      this.showNewest();
    } else if (event.code === 'KeyX' && trace) this.pick.pick(trace);
    else return;
    event.preventDefault();
  }
}
