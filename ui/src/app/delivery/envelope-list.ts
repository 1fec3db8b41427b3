import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  effect,
  inject,
  linkedSignal,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { writeJson } from '../core/api/exact-json';
import { Coalesced } from '../core/api/coalesced';
import { Gateway } from '../core/api/gateway';
import { EnvelopeDetail, EnvelopeState } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language, Message, isKey } from '../core/i18n/language';
import { brief, joined } from '../core/i18n/legible';
import { firstOf } from '../core/ui/capped';
import { LongText } from '../core/ui/long-text';
import { NotShown } from '../core/ui/not-shown';
import { RowList } from '../core/ui/row-list';
import { DeliveryStore } from './delivery-store';
import { reasonWords, ruleWords } from './delivery-words';
import { Rows, newer, updated, withOlder } from './envelope-rows';
import { retriable } from './retriable';
import { scrubbed } from './scrubbed';

/** Number of envelopes in one page of the list. */
const PAGE = 100;
const MOST_VALUES = 50;
const MOST_OF_A_NAME = 200;

/**
 * All envelopes, newest first, as they were received. While the reader has scrolled down, has an
 * envelope open or points into the list, only states change, and new envelopes are offered instead
 * of inserted.
 */
@Component({
  selector: 'rs-envelope-list',
  imports: [LongText, NotShown, RowList],
  templateUrl: './envelope-list.html',
  styleUrl: './envelope-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class EnvelopeList {
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  protected readonly store = inject(DeliveryStore);
  protected readonly say = this.language.say;
  protected readonly text = this.language.text;
  protected readonly retriable = retriable;
  protected readonly states = ['', 'delivered', 'held', 'dead'] as const;
  private readonly top = viewChild.required<ElementRef<HTMLElement>>('top');

  protected readonly chosen = signal<EnvelopeState | ''>('');
  protected readonly rows = signal<Rows | null>(null);
  protected readonly ids = computed(() => (this.rows() ?? []).map(({ seq }) => `envelope-${seq}`));
  protected readonly opened = signal<EnvelopeDetail | null>(null);
  /** Number of envelopes newer than the rows, which are not shown yet. */
  protected readonly waiting = signal(0);
  /** Number below which the next page begins; undefined at the end of the list. */
  protected readonly next = signal<number | undefined>(undefined);
  protected readonly loadingOlder = signal(false);
  protected readonly trouble = signal<Message | null>(null);
  protected readonly retried = signal<number | null>(null);
  protected readonly topShown = signal(true);
  protected readonly touched = signal(false);
  protected readonly reading = computed(
    () => this.opened() !== null || !this.topShown() || this.touched(),
  );
  /** Items whose scrubbed values are expanded. */
  private readonly full = linkedSignal<number | undefined, ReadonlySet<number>>({
    source: () => this.opened()?.summary.seq,
    computation: () => new Set(),
  });
  protected readonly items = computed(() =>
    (this.opened()?.items ?? []).map((item, index) => {
      const all = scrubbed(item.json);
      return { ...item, scrubbed: firstOf(all, this.full().has(index) ? all.length : MOST_VALUES) };
    }),
  );

  private readonly refresh = new Coalesced(() => this.load());

  constructor() {
    // Every change of the figures concerns one of the envelopes; when the reader stops reading, the
    // newest are shown.
    effect(() => {
      this.store.state();
      this.reading();
      untracked(() => this.refresh.ask());
    });
    const destroyed = inject(DestroyRef);
    afterNextRender(() => {
      const observer = new IntersectionObserver(([entry]) =>
        this.topShown.set(entry?.isIntersecting ?? true),
      );
      observer.observe(this.top().nativeElement);
      destroyed.onDestroy(() => observer.disconnect());
    });
    destroyed.onDestroy(() => this.refresh.drop());
  }

  protected number(value: number): string {
    return this.language.formats().number(value);
  }

  protected when(milliseconds: number): string {
    return this.language.formats().time(new Date(milliseconds).toISOString());
  }

  protected counted(name: 'fresh' | 'retried', count: number): string {
    // A full page of newer envelopes means that there may be more.
    const more = name === 'fresh' && count >= PAGE ? '+' : '';
    return this.language.count(`delivery.${name}`, count, { count: this.number(count) + more });
  }

  protected reason(reason: string): string {
    return this.text(reasonWords(reason));
  }

  /** Why something of the envelope is on no other page; an unknown code is shown unchanged. */
  protected odd(word: string): string {
    const key = `delivery.odd.${word}`;
    return isKey(key) ? this.say(key) : brief(word, MOST_OF_A_NAME);
  }

  protected what(categories: readonly string[]): string {
    return brief(joined(', ', categories), MOST_OF_A_NAME);
  }

  protected brief(name: string): string {
    return brief(name, MOST_OF_A_NAME);
  }

  protected showAll(item: number): void {
    this.full.update((known) => new Set([...known, item]));
  }

  protected rule(rule: string): string {
    return this.text(ruleWords(rule));
  }

  protected pretty(value: unknown): string {
    return writeJson(value, 2);
  }

  protected emptyKey(): 'delivery.none' | 'delivery.noneOfThese' {
    return this.chosen() === '' ? 'delivery.none' : 'delivery.noneOfThese';
  }

  protected choose(state: EnvelopeState | ''): void {
    this.chosen.set(state);
    this.showNewest();
  }

  protected showNewest(): void {
    this.opened.set(null);
    // The focused element disappears with its row, without an event.
    this.touched.set(false);
    this.rows.set(null);
    this.waiting.set(0);
    this.top().nativeElement.scrollIntoView({ block: 'nearest' });
    void this.load();
  }

  protected async showOlder(): Promise<void> {
    const rows = this.rows() ?? [];
    this.loadingOlder.set(true);
    await this.attempt(async () => {
      const page = await this.page(this.next());
      // The list may have been reloaded meanwhile.
      if (this.rows()?.[0]?.seq !== rows[0]?.seq) return;
      this.rows.update((known) => withOlder(known ?? [], page.envelopes));
      this.next.set(page.next);
    });
    this.loadingOlder.set(false);
  }

  protected async toggle(seq: number): Promise<void> {
    if (this.opened()?.summary.seq === seq) return this.opened.set(null);
    await this.attempt(() => this.open(seq));
  }

  /** Retries one dead envelope, or all. */
  protected async retry(seq?: number): Promise<void> {
    await this.attempt(async () => {
      const { changed } = await this.gateway.retryDead(seq);
      this.retried.set(changed);
      await this.store.refresh();
      if (seq !== undefined) await this.open(seq);
    });
  }

  private async open(seq: number): Promise<void> {
    const detail = await this.gateway.envelope(seq);
    this.opened.set(detail);
    this.rows.update((rows) => rows && updated(rows, [detail.summary]));
  }

  private async load(): Promise<void> {
    const state = this.chosen();
    await this.attempt(async () => {
      const { envelopes: page, next } = await this.page();
      if (state !== this.chosen()) return;
      const rows = this.rows();
      if (rows && rows.length > 0 && this.reading()) {
        this.rows.set(updated(rows, page));
        this.waiting.set(newer(rows, page));
        return;
      }
      this.rows.set(page);
      this.waiting.set(0);
      this.next.set(next);
    });
  }

  private page(before?: number): Promise<{ envelopes: Rows; next?: number }> {
    return this.gateway.envelopes(this.chosen(), PAGE, before);
  }

  private async attempt(request: () => Promise<unknown>): Promise<void> {
    try {
      await request();
      this.trouble.set(null);
    } catch (error) {
      this.trouble.set(refusalWords(error));
    }
  }
}
