import { ChangeDetectionStrategy, Component, Signal, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { brief } from '../core/i18n/legible';
import { FilterChoice } from './filter-choice';
import { MOST_SEEN } from './seen';
import { TraceFeed } from './trace-feed';
import { Filter } from './trace-list';

/** A choice has no room for more. */
const MOST_OF_A_CHOICE = 80;

/** What the list of traces can be narrowed to. */
@Component({
  selector: 'rs-trace-filters',
  templateUrl: './list-filters.html',
  styleUrls: ['../core/ui/choices.css', './list-filters.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { role: 'group', '[attr.aria-label]': "say('viewer.list.filters')" },
})
export class TraceFilters {
  private readonly feed = inject(TraceFeed);
  protected readonly choice = inject(FilterChoice);
  protected readonly say = inject(Language).say;
  protected readonly filter = this.choice.filter;
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

  protected brief(text: string): string {
    return brief(text, MOST_OF_A_CHOICE);
  }

  protected set(field: keyof Filter, value: string): void {
    this.choice.choose({ [field]: value });
  }

  /** What there is to choose from; what was chosen stays even when no trace has it. */
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
