import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { fromMilliseconds, micros } from '../core/api/micros';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { comparePath } from '../core/ui/trace-place';
import { shareAxis, timeAxis } from './axis';
import { WholePair, errorVerdict, measureOf, slowedTimes, timeVerdict } from './impact';
import { verdictWords } from './verdict-words';

/**
 * One dumbbell for each pair, before and after, those of one measure on one scale: the time of what the problem slows
 * down on a logarithmic one, failed spins on a linear one.
 */
@Component({
  selector: 'rs-pair-chart',
  templateUrl: './pair-chart.html',
  styleUrl: './pair-chart.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PairChart {
  readonly pairs = input.required<readonly WholePair[]>();

  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  protected readonly say = this.language.say;

  protected readonly groups = computed(() =>
    (['wait', 'errors'] as const)
      .map((measure) => this.groupOf(measure))
      .filter(({ rows }) => rows.length > 0),
  );

  private groupOf(measure: 'wait' | 'errors') {
    const { mark, percent } = this.language.formats();
    const pairs = this.pairs().filter(({ problem }) => measureOf(problem) === measure);
    const values = pairs.flatMap((pair) => valuesOf(measure, pair));
    const axis = measure === 'wait' ? timeAxis(values) : shareAxis(values);
    return {
      measure,
      title: this.say(`impact.axis.${measure}`),
      ticks: axis.ticks.map((value) => ({
        at: axis.place(value),
        text:
          measure === 'wait'
            ? mark(micros(fromMilliseconds(value)))
            : percent(value, Number.isInteger(value) ? 0 : 1),
      })),
      rows: pairs.map((pair) => this.rowOf(measure, pair, axis.place)),
    };
  }

  private actorWords(actor: string): string {
    return actor === 'payment-provider' ? this.say('viewer.path.names.payment-provider') : actor;
  }

  private rowOf(measure: 'wait' | 'errors', pair: WholePair, place: (value: number) => number) {
    const { lapse, percent } = this.language.formats();
    const [before, after] = valuesOf(measure, pair).map((value) => ({
      at: place(value),
      text: measure === 'wait' ? lapse(fromMilliseconds(value)) : percent(value, 1),
    })) as [Dot, Dot];
    const name =
      pair.problem === 'all' ? this.say('impact.all') : this.say(`problems.name.${pair.problem}`);
    const { slowed, before_trace, after_trace } = pair;
    return {
      problem: pair.problem,
      name,
      actor: this.actorWords(slowed?.actor ?? ''),
      before,
      after,
      // The labels stand on the outer sides of their dots, so that near dots do not cover them.
      turned: before.at < after.at,
      verdict: verdictWords(
        this.language,
        measure === 'wait' ? timeVerdict(pair, slowedTimes(pair)) : errorVerdict(pair),
      ),
      words: this.say('impact.dumbbell', { before: before.text, after: after.text }),
      compare: before_trace && after_trace ? comparePath(before_trace, after_trace) : null,
      compareLabel: this.say('impact.compareOf', { name }),
    };
  }
}

interface Dot {
  readonly at: number;
  readonly text: string;
}

function valuesOf(measure: 'wait' | 'errors', pair: WholePair): [number, number] {
  const { before, after } = pair;
  return measure === 'wait'
    ? slowedTimes(pair)
    : [before.error_rate_percent, after.error_rate_percent];
}
