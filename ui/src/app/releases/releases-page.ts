import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { SPIN } from '../core/api/parts';
import { BusinessParts } from '../business/business-parts';
import { enoughSpins } from '../business/confidence';
import { RtpBullet } from '../business/rtp-bullet';
import { fromMilliseconds } from '../core/api/micros';
import { Regression, ReleaseFigures } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { LoadWords } from '../core/ui/load-words';
import { FaultStore } from '../faults/fault-store';
import { countedWords } from '../impact/counted';
import { LEAST_SPINS, about } from '../impact/impact';
import { isAsReleased, onDial } from '../problems/problem-words';
import { TrafficControls } from '../traffic/traffic-controls';
import { BEYOND_CHANCE, barWidths, changeOf, fixesOf, rtpOf } from './releases';
import { ReleasesStore } from './releases-store';

const TIMES = ['p50', 'p95'] as const;

/**
 * The waiting time, the failures and the RTP of every release. Deviations beyond chance are marked with the suspected
 * cause.
 */
@Component({
  selector: 'rs-releases-page',
  imports: [BusinessParts, LoadWords, RtpBullet, TrafficControls],
  templateUrl: './releases-page.html',
  styleUrls: ['../core/ui/insights.css', '../business/figures-table.css', './releases-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReleasesPage {
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  private readonly faults = inject(FaultStore);
  protected readonly store = inject(ReleasesStore);
  protected readonly say = this.language.say;
  protected readonly times = TIMES;

  /** A fraction of 1. */
  protected readonly exact = computed(() => (this.store.releases()?.exact_rtp_percent ?? 0) / 100);
  /** What runs now, where that is no release of the dial: its spins are those of no release. */
  protected readonly running = computed(() => {
    const board = this.faults.board();
    const release = board && onDial(board, board.release);
    if (!board || !release || isAsReleased(board.problems, release)) return '';
    const fixes = fixesOf(board.problems, release);
    return fixes > 0
      ? this.language.count('releases.runningFixed', fixes, { release: release.version })
      : this.say('releases.runningChanged', { release: release.version });
  });
  protected readonly scope = computed(() => {
    const releases = this.store.releases();
    if (!releases) return '';
    const { clock, percent } = this.language.formats();
    return this.say('releases.scope', {
      since: clock(fromMilliseconds(releases.since)),
      exact: percent(releases.exact_rtp_percent),
    });
  });
  protected readonly limit = computed(() => this.language.formats().number(BEYOND_CHANCE, 2));
  protected readonly counted = computed(() =>
    countedWords(this.language, this.store.releases(), 'releases.leftOut'),
  );
  protected readonly rows = computed(() => {
    const releases = this.store.releases()?.releases ?? [];
    const widths = { p50: barWidths(releases, 'p50_ms'), p95: barWidths(releases, 'p95_ms') };
    return releases.map((release, place) =>
      this.rowOf(release, { p50: widths.p50[place] ?? 0, p95: widths.p95[place] ?? 0 }, place > 0),
    );
  });

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    destroyed.onDestroy(this.faults.watch());
  }

  private rowOf(
    release: ReleaseFigures,
    widths: Record<(typeof TIMES)[number], number>,
    compared: boolean,
  ) {
    const { figures, regressions, rtp_percent } = release;
    const rtp = rtpOf(release, this.exact());
    const { lapse, number, percent } = this.language.formats();
    const regressed = (figure: Regression['figure']): boolean =>
      regressions.some((regression) => regression.figure === figure);
    return {
      release: release.release,
      href: `/traces?${new URLSearchParams({ name: SPIN, release: release.release })}`,
      label: this.say('releases.traces', { release: release.release }),
      changes: this.changes(release),
      times: TIMES.map((name) => ({
        name,
        text: lapse(fromMilliseconds(figures[`${name}_ms`])),
        width: widths[name],
        bad: name === 'p95' && regressed('p95'),
      })),
      errors: percent(figures.error_rate_percent, 1),
      errorsBad: regressed('errors'),
      rtpText: rtp_percent === null ? '–' : percent(rtp_percent, 1),
      rtp,
      verdict: rtp ? this.say(`insights.business.${rtp.verdict}`) : '',
      enough:
        rtp?.verdict === 'few'
          ? this.say('insights.business.enough', {
              count: number(enoughSpins(figures.recorded, rtp.half)),
            })
          : '',
      spins: about(figures) + number(figures.spins),
      few: figures.recorded < LEAST_SPINS ? this.say('impact.few') : '',
      fewHint: this.say('impact.fewHint', { least: number(LEAST_SPINS) }),
      fine:
        compared && figures.recorded >= LEAST_SPINS && regressions.length === 0
          ? this.say('releases.fine')
          : '',
      regressions: regressions.map((regression) => this.regression(regression)),
    };
  }

  private changes({ changes }: ReleaseFigures): readonly string[] {
    const all = changes.map(changeOf);
    const names = (mends: boolean): string =>
      all
        .filter((change) => change.mends === mends)
        .map(({ key, name }) => (key === null ? name : this.say(key)))
        .join(', ');
    const [fixed, came] = [names(true), names(false)];
    return [
      ...(fixed === '' ? [] : [this.say('releases.fixed', { names: fixed })]),
      ...(came === '' ? [] : [this.say('releases.came', { names: came })]),
    ];
  }

  private regression(regression: Regression) {
    const { lapse, number, percent } = this.language.formats();
    const { figure, expected, measured, standard_errors, service, suspect } = regression;
    const shown = (value: number): string =>
      figure === 'p95' ? lapse(fromMilliseconds(value)) : percent(value, 1);
    return {
      figure,
      what: this.say(`releases.regression.${figure}`, {
        measured: shown(measured),
        expected: shown(expected),
      }),
      beyond: this.say('releases.beyond', { count: number(Math.abs(standard_errors), 1) }),
      points: this.pointsAt(service, suspect),
    };
  }

  private pointsAt(service: string, suspect: string | null): string {
    if (service === '') return '';
    if (suspect === null) return this.say('releases.points', { service });
    const { key, name } = changeOf(suspect);
    return this.say('releases.suspect', { change: key === null ? name : this.say(key), service });
  }
}
