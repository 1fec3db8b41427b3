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
import { countedWords } from './counted';
import { FiguresStore } from './figures-store';
import {
  LEAST_SPINS,
  Pair,
  WholePair,
  about,
  heroOf,
  inOrder,
  isWhole,
  judged,
  judgedShares,
  missingOf,
} from './impact';
import { ImpactHero } from './impact-hero';
import { PairChart } from './pair-chart';

const TIMES = ['p50', 'p95', 'p99'] as const;

/**
 * What players met with each problem and with its fix: three large figures, one dumbbell for each problem, and all
 * figures in a table that is folded away. A pair without one of its sides has no figures, but says how to get them.
 */
@Component({
  selector: 'rs-impact-page',
  imports: [BusinessParts, ImpactHero, LoadWords, PairChart, TrafficControls],
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

  private readonly pairs = computed(() => inOrder(this.store.figures()?.pairs ?? []));
  protected readonly known = computed(() => this.pairs().length > 0);
  private readonly whole = computed(() => this.pairs().filter(isWhole));
  protected readonly hero = computed(() => heroOf(this.pairs()));
  protected readonly heroName = computed(() => {
    const hero = this.hero();
    return hero ? this.nameOf(hero) : '';
  });
  protected readonly heroCompare = computed(() => {
    const { problem, before_trace, after_trace } = this.hero() ?? {};
    if (problem !== 'all' || !before_trace || !after_trace) return null;
    return comparePath(before_trace, after_trace);
  });
  /** The large figures are those of all problems, which therefore have no dumbbell. */
  protected readonly single = computed(() =>
    this.whole().filter(({ problem }) => problem !== 'all'),
  );
  protected readonly rows = computed(() => this.whole().map((pair) => this.rowOf(pair)));
  protected readonly missing = computed(() =>
    this.pairs().flatMap((pair) => {
      const missing = missingOf(pair);
      if (missing === null) return [];
      return [
        {
          problem: pair.problem,
          name: this.nameOf(pair),
          words: this.missingWords(pair.problem, missing),
          action: this.actionOf(pair),
        },
      ];
    }),
  );

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    destroyed.onDestroy(this.problems.watch());
  }

  private nameOf({ problem }: Pair): string {
    return problem === 'all' ? this.say('impact.all') : this.say(`problems.name.${problem}`);
  }

  private rowOf(pair: WholePair) {
    return {
      problem: pair.problem,
      name: this.nameOf(pair),
      sides: [this.side('before', pair), this.side('after', pair)],
    };
  }

  private side(which: 'before' | 'after', pair: WholePair) {
    const figures = pair[which];
    const { lapse, number, percent, money } = this.language.formats();
    const mark = (of: (figures: Figures) => number): 'good' | 'bad' | '' =>
      which === 'after' ? judged(of(pair.before), of(pair.after)) : '';
    return {
      which,
      label: this.say(`impact.side.${which}`),
      times: TIMES.map((name) => ({
        name,
        text: lapse(fromMilliseconds(figures[`${name}_ms`])),
        mark: mark((each) => each[`${name}_ms`]),
      })),
      errors: percent(figures.error_rate_percent, 1),
      errorsMark: which === 'after' ? judgedShares(pair.before, pair.after) : '',
      waited: lapse(fromMilliseconds(1_000 * figures.waited_s_per_player)),
      rate: figures.per_second === null ? '–' : about(figures) + number(figures.per_second, 1),
      failed: about(figures) + money(figures.failed_minor, this.session.currency()),
      spins: about(figures) + number(figures.spins),
      few: figures.recorded < LEAST_SPINS ? this.say('impact.few') : '',
      fewHint: this.say('impact.fewHint', { least: number(LEAST_SPINS) }),
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
