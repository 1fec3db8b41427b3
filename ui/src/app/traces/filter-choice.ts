import { Injectable, computed, inject, signal } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { Filter, NO_FILTER, durationOf, filterOf } from './trace-list';

/** Which traces the address says are to be shown, and how that is changed. */
@Injectable()
export class FilterChoice {
  private readonly address = inject(Address);
  private readonly language = inject(Language);
  private readonly query = computed(() => this.address.query().toString());
  private readonly _refused = signal<'' | 'least' | 'most'>('');

  readonly filter = computed(() => filterOf(new URLSearchParams(this.query())));
  readonly filtered = computed(() => JSON.stringify(this.filter()) !== JSON.stringify(NO_FILTER));
  /** Which of the durations was typed so that nobody knows what is meant. */
  readonly refused = this._refused.asReadonly();

  choose(values: Partial<Record<keyof Filter, string>>): void {
    this.address.change(values);
  }

  clear(): void {
    this._refused.set('');
    this.choose(Object.fromEntries(Object.keys(NO_FILTER).map((name) => [name, ''])));
  }

  limit(which: 'least' | 'most', field: HTMLInputElement): void {
    const typed = field.value.trim();
    const value = durationOf(typed, this.language.formats());
    this._refused.set(value === null && typed !== '' ? which : '');
    if (this._refused() !== '') return;
    const text = value === null ? '' : String(value);
    this.choose({ [which]: text });
    // What was understood stands in the field, also where it is what it was before.
    field.value = text;
  }
}
