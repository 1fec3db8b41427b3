import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Assumption, assumptionOf, mostOf } from '../core/api/assumptions';
import { Preferences } from '../core/api/preferences';
import { numberFormat } from '../core/i18n/formats';
import { Key, Language } from '../core/i18n/language';

interface Field {
  readonly name: Assumption;
  readonly label: Key;
  /** The texts before and after the figure. */
  readonly before: string;
  readonly unit: Key | null;
}

interface Line {
  readonly title: Key;
  readonly fields: readonly Field[];
}

const LINES: readonly Line[] = [
  {
    title: 'impact.assumed.volume',
    fields: [
      {
        name: 'spinsPerHour',
        label: 'impact.assumed.volume',
        before: '',
        unit: 'impact.assumed.spinsPerHour',
      },
    ],
  },
  {
    title: 'impact.assumed.mttr',
    fields: [
      { name: 'repairBeforeFrom', label: 'impact.assumed.beforeFrom', before: '', unit: null },
      {
        name: 'repairBeforeTo',
        label: 'impact.assumed.beforeTo',
        before: '–',
        unit: 'impact.assumed.hours',
      },
      { name: 'repairAfterFrom', label: 'impact.assumed.afterFrom', before: '→', unit: null },
      {
        name: 'repairAfterTo',
        label: 'impact.assumed.afterTo',
        before: '–',
        unit: 'impact.assumed.minutes',
      },
    ],
  },
  {
    title: 'impact.assumed.conversion',
    fields: [
      {
        name: 'conversion',
        label: 'impact.assumed.conversion',
        before: '+',
        unit: 'impact.assumed.percent',
      },
    ],
  },
  {
    title: 'impact.assumed.engagement',
    fields: [
      {
        name: 'engagement',
        label: 'impact.assumed.engagement',
        before: '+',
        unit: 'impact.assumed.percent',
      },
    ],
  },
  {
    title: 'impact.assumed.downtime',
    fields: [
      {
        name: 'downtime',
        label: 'impact.assumed.downtime',
        before: '−',
        unit: 'impact.assumed.percent',
      },
    ],
  },
  {
    title: 'impact.assumed.roi',
    fields: [
      { name: 'returnFrom', label: 'impact.assumed.from', before: '', unit: null },
      {
        name: 'returnTo',
        label: 'impact.assumed.to',
        before: '–',
        unit: 'impact.assumed.months',
      },
    ],
  },
];

/** The script's expectations that a demo cannot measure, as editable assumptions. */
@Component({
  selector: 'rs-assumption-card',
  templateUrl: './assumption-card.html',
  styleUrls: ['../core/ui/insights.css', './assumption-card.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class AssumptionCard {
  private readonly language = inject(Language);
  private readonly preferences = inject(Preferences);
  protected readonly say = this.language.say;
  /** The field whose text is no figure. */
  protected readonly wrong = signal<Assumption | null>(null);

  protected readonly lines = computed(() => {
    const assumed = this.preferences.assumptions();
    return LINES.map(({ title, fields }) => ({
      title: this.say(title),
      fields: fields.map(({ name, label, before, unit }) => ({
        name,
        label: this.say(label, { name: this.say(title) }),
        before,
        unit: unit ? this.say(unit) : '',
        value: numberFormat(this.language.active(), { useGrouping: false }).format(assumed[name]),
      })),
    }));
  });

  protected readonly wrongWords = computed(() => {
    const wrong = this.wrong();
    if (wrong === null) return '';
    return this.say('impact.assumed.wrong', {
      most: this.language.formats().number(mostOf(wrong)),
    });
  });

  protected keep(name: Assumption, input: HTMLInputElement): void {
    const value = assumptionOf(name, input.value);
    this.wrong.set(value === null ? name : null);
    if (value !== null) this.preferences.assume({ [name]: value });
  }

  protected asInScript(): void {
    this.wrong.set(null);
    this.preferences.assume(null);
  }
}
