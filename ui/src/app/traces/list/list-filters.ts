import {
  ChangeDetectionStrategy,
  Component,
  Signal,
  computed,
  inject,
  signal,
} from '@angular/core';

import { Language } from '../../core/i18n/language';
import { brief } from '../../core/i18n/legible';
import { Address } from '../../core/ui/address';
import { MOST_SEEN } from './seen';
import { TraceFeed } from './trace-feed';
import { Filter, NO_FILTER, durationOf, filterOf } from './trace-list';

/** Limit of the text of an option, in characters. */
const MOST_OF_A_CHOICE = 80;

/** The filter of the list of traces, which the address contains, and its controls. */
@Component({
  selector: 'rs-trace-filters',
  templateUrl: './list-filters.html',
  styleUrl: './list-filters.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'group', '[attr.aria-label]': "say('viewer.list.filters')" },
})
export class TraceFilters {
  private readonly feed = inject(TraceFeed);
  private readonly address = inject(Address);
  private readonly language = inject(Language);
  protected readonly say = this.language.say;

  private readonly query = computed(() => this.address.query().toString());
  readonly filter = computed(() => filterOf(new URLSearchParams(this.query())));
  /** Whether more is chosen than spins or all traces. */
  readonly filtered = computed(
    () => JSON.stringify({ ...this.filter(), what: 'all' }) !== JSON.stringify(NO_FILTER),
  );
  protected readonly kinds = ['spins', 'all'] as const;
  /** The field of a duration whose text is invalid; empty if both are valid. */
  protected readonly refused = signal<'' | 'least' | 'most'>('');
  protected readonly outcomes = [
    { outcome: '', test: 'outcome-all', says: 'viewer.list.all' },
    { outcome: 'ok', test: 'outcome-ok', says: 'viewer.list.ok' },
    { outcome: 'failed', test: 'outcome-failed', says: 'viewer.list.bad' },
  ] as const;
  protected readonly beginners = ['', 'people', 'virtual'] as const;
  protected readonly most = MOST_SEEN;
  protected readonly lists = [
    { field: 'name', any: 'viewer.list.anyName', options: this.options('names', 'name') },
    {
      field: 'service',
      any: 'viewer.list.anyService',
      options: this.options('services', 'service'),
    },
    {
      field: 'release',
      any: 'viewer.list.anyRelease',
      options: this.options('releases', 'release'),
    },
  ] as const;
  protected readonly players = this.options('players', 'player');
  protected readonly limits = ['least', 'most'] as const;

  choose(values: Partial<Record<keyof Filter, string>>): void {
    this.address.change(values);
  }

  clear(): void {
    this.refused.set('');
    const { what } = this.filter();
    this.choose({ ...Object.fromEntries(Object.keys(NO_FILTER).map((name) => [name, ''])), what });
  }

  protected limit(which: 'least' | 'most', field: HTMLInputElement): void {
    const typed = field.value.trim();
    const value = durationOf(typed, this.language.formats());
    this.refused.set(value === null && typed !== '' ? which : '');
    if (this.refused() !== '') return;
    const text = value === null ? '' : String(value);
    this.choose({ [which]: text });
    // The field shows the parsed duration, even if the filter did not change.
    field.value = text;
  }

  protected brief(text: string): string {
    return brief(text, MOST_OF_A_CHOICE);
  }

  protected set(field: keyof Filter, value: string): void {
    // A name means traces of any kind; a service means what is shown now.
    const what = field === 'name' ? 'all' : this.filter().what;
    this.choose(
      field === 'name' || field === 'service' ? { [field]: value, what } : { [field]: value },
    );
  }

  /** The options of a list, including the chosen one even if no trace has it. */
  private options(
    seen: 'names' | 'services' | 'releases' | 'players',
    field: 'name' | 'service' | 'release' | 'player',
  ): Signal<string[]> {
    return computed(
      () => {
        const chosen = this.filter()[field];
        return [...new Set([...this.feed.seen()[seen], ...(chosen ? [chosen] : [])])].sort();
      },
      { equal: sameWords },
    );
  }
}

function sameWords(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}
