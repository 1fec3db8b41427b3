import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { BusinessParts } from '../business/business-parts';
import { fromMilliseconds } from '../core/api/micros';
import { Figures } from '../core/api/schema';
import { Session } from '../core/api/session';
import { Key, Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { comparePath } from '../core/ui/trace-place';
import { LoadWords } from '../core/ui/load-words';
import { FaultStore } from '../faults/fault-store';
import { actionKey, curedIn, firstOf } from '../problems/problem-words';
import { TrafficControls } from '../traffic/traffic-controls';
import { AssumptionCard } from './assumption-card';
import { countedWords } from './counted';
import { FiguresStore } from './figures-store';
import {
  Pair,
  LEAST_SPINS,
  about,
  inOrder,
  judged,
  judgedShares,
  missingOf,
  speedUp,
  wayOf,
  widths,
} from './impact';

const TIMES = ['p50', 'p95', 'p99'] as const;

/** What players met with each problem and with its fix, as measured, and the further expectations, as assumptions. */
@Component({
  selector: 'rs-impact-page',
  imports: [AssumptionCard, BusinessParts, NgTemplateOutlet, LoadWords, TrafficControls],
  templateUrl: './impact-page.html',
  styleUrls: ['../core/ui/insights.css', '../business/figures-table.css', './impact-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ImpactPage {
  private readonly language = inject(Language);
  private readonly session = inject(Session);
  protected readonly address = inject(Address);
  protected readonly store = inject(FiguresStore);
  protected readonly problems = inject(FaultStore);
  protected readonly say = this.language.say;
  protected readonly times = TIMES;

  protected readonly scope = computed(() => {
    const figures = this.store.figures();
    if (!figures) return '';
    const since = this.language.formats().clock(fromMilliseconds(figures.since));
    return this.say('impact.scope', { since });
  });
  protected readonly now = computed(() => {
    const figures = this.store.figures();
    if (!figures) return null;
    if (!figures.now) return { rate: '–', failing: false, words: this.say('impact.now.none') };
    const { number, percent } = this.language.formats();
    const { requests, failed_requests, overall_error_rate_percent } = figures.now;
    return {
      rate: percent(overall_error_rate_percent, 1),
      failing: failed_requests > 0,
      words: this.say('impact.now.definition', {
        failed: number(failed_requests),
        requests: number(requests),
      }),
    };
  });
  protected readonly counted = computed(() =>
    countedWords(this.language, this.store.figures(), 'impact.leftOut'),
  );
  protected readonly rows = computed(() =>
    inOrder(this.store.figures()?.pairs ?? []).map((pair) => this.rowOf(pair)),
  );

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    destroyed.onDestroy(this.problems.watch());
  }

  private rowOf(pair: Pair) {
    const name =
      pair.problem === 'all' ? this.say('impact.all') : this.say(`problems.name.${pair.problem}`);
    const missing = missingOf(pair);
    const { before, after, before_trace, after_trace } = pair;
    return {
      problem: pair.problem,
      name,
      missing: missing === null ? '' : this.missingWords(pair.problem, missing),
      sides: missing === 'both' ? [] : [this.side('before', pair), this.side('after', pair)],
      change: this.changeOf(pair),
      compare: before_trace && after_trace ? comparePath(before_trace, after_trace) : null,
      compareLabel: this.say('impact.compareOf', { name }),
      action: before && after ? null : this.actionOf(pair),
    };
  }

  private side(which: 'before' | 'after', pair: Pair) {
    const figures = pair[which];
    const { lapse, number, percent, money } = this.language.formats();
    const mark = (of: (figures: Figures) => number): 'good' | 'bad' | '' =>
      which === 'after' && pair.before && pair.after ? judged(of(pair.before), of(pair.after)) : '';
    const few = figures !== null && figures.recorded < LEAST_SPINS;
    return {
      which,
      label: this.say(`impact.side.${which}`),
      times: TIMES.map((name) => ({
        name,
        text: figures ? lapse(fromMilliseconds(figures[`${name}_ms`])) : '',
        width: widths(pair.before, pair.after, `${name}_ms`)[which],
        mark: mark((each) => each[`${name}_ms`]),
      })),
      errors: figures ? percent(figures.error_rate_percent, 1) : '',
      errorsMark: which === 'after' ? judgedShares(pair.before, pair.after) : '',
      overall: figures ? percent(figures.overall_error_rate_percent, 1) : '',
      waited: figures ? lapse(fromMilliseconds(1_000 * figures.waited_s_per_player)) : '',
      rate:
        figures?.per_second === null || !figures
          ? '–'
          : about(figures) + number(figures.per_second, 1),
      failed: figures ? about(figures) + money(figures.failed_minor, this.session.currency()) : '',
      spins: figures ? about(figures) + number(figures.spins) : '',
      few: few ? this.say('impact.few') : '',
      fewHint: this.say('impact.fewHint', { least: number(LEAST_SPINS) }),
      measured: figures !== null,
    };
  }

  private changeOf(pair: Pair) {
    const factor = speedUp(pair);
    if (factor === null) return null;
    const way = wayOf(factor);
    const times = way === 'slower' ? 1 / factor : factor;
    const { number } = this.language.formats();
    return {
      way,
      words: this.say(`impact.${way}`, { times: number(times, times < 10 ? 1 : 0) }),
    };
  }

  /** The action that leads to the missing half of a pair, for a single problem. */
  private actionOf({ problem, before }: Pair): string | null {
    const view = this.problems.board()?.problems.find(({ id }) => id === problem);
    if (!view || view.switching || this.problems.busy().has(view.id)) return null;
    return view.state === (before ? 'fixed' : 'on') ? null : this.say(actionKey(view));
  }

  /** If the problem is in the needed state already, only spins are missing. */
  private missingWords(problem: Pair['problem'], missing: 'both' | 'before' | 'after'): string {
    const board = this.problems.board();
    const key = this.missingKey(problem, missing);
    if (!board || (key !== 'impact.missing.allBefore' && key !== 'impact.missing.allAfter'))
      return this.say(key);
    const release = key === 'impact.missing.allBefore' ? firstOf(board) : curedIn(board);
    return this.say(key, { release });
  }

  private missingKey(problem: Pair['problem'], missing: 'both' | 'before' | 'after'): Key {
    const views = this.problems
      .board()
      ?.problems.filter(({ id }) => problem === 'all' || problem === id);
    const stands = (state: 'on' | 'fixed'): boolean =>
      !!views?.length && views.every((view) => view.state === state);
    if (missing === 'before' && stands('on')) return 'impact.missing.spinBefore';
    if (missing === 'after' && stands('fixed')) return 'impact.missing.spinAfter';
    if (problem !== 'all') return `impact.missing.${missing}`;
    const keys = { both: 'allBoth', before: 'allBefore', after: 'allAfter' } as const;
    return `impact.missing.${keys[missing]}`;
  }

  protected toggle(problem: Pair['problem']): void {
    if (problem !== 'all') void this.problems.toggle(problem);
  }
}
