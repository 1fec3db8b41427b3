import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { BusinessParts } from '../business/business-parts';
import { fromMilliseconds } from '../core/api/micros';
import { Regression, ReleaseFigures } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { LoadWords } from '../core/ui/load-words';
import { countedWords } from '../impact/counted';
import { LEAST_SPINS, about } from '../impact/impact';
import { TrafficControls } from '../traffic/traffic-controls';
import { RtpDrawing, barWidths, changeOf, rtpDrawings } from './releases';
import { ReleasesStore } from './releases-store';

/** Number of standard errors beyond which a figure is marked, equal to `releases.rs` of the services. */
const BEYOND_CHANCE = 3.29;
const TIMES = ['p50', 'p95'] as const;

/**
 * The waiting time, the failures and the RTP of every release. Deviations beyond chance are marked with the suspected
 * cause.
 */
@Component({
  selector: 'rs-releases-page',
  imports: [BusinessParts, LoadWords, TrafficControls],
  templateUrl: './releases-page.html',
  styleUrls: ['../core/ui/insights.css', '../business/figures-table.css', './releases-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReleasesPage {
  private readonly language = inject(Language);
  protected readonly address = inject(Address);
  protected readonly store = inject(ReleasesStore);
  protected readonly say = this.language.say;
  protected readonly times = TIMES;

  private readonly exact = computed(() => this.store.releases()?.exact_rtp_percent ?? 0);
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
    const drawings = rtpDrawings(releases, this.exact());
    return releases.map((release, place) =>
      this.rowOf(
        release,
        { p50: widths.p50[place] ?? 0, p95: widths.p95[place] ?? 0 },
        drawings[place] ?? null,
        place > 0,
      ),
    );
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }

  private rowOf(
    release: ReleaseFigures,
    widths: Record<(typeof TIMES)[number], number>,
    drawing: RtpDrawing | null,
    compared: boolean,
  ) {
    const { figures, regressions, rtp_percent, rtp_band_percent } = release;
    const { lapse, number, percent } = this.language.formats();
    const regressed = (figure: Regression['figure']): boolean =>
      regressions.some((regression) => regression.figure === figure);
    const band = this.points(rtp_band_percent ?? 0);
    const observed = rtp_percent === null ? '–' : percent(rtp_percent, 1);
    return {
      release: release.release,
      href: `/traces?${new URLSearchParams({ name: 'slot-machine-spin', release: release.release })}`,
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
      rtp: observed,
      rtpBad: regressed('rtp'),
      band: drawing ? this.say('releases.band', { band }) : '',
      drawing,
      drawingWords: this.say('releases.drawing', {
        exact: percent(this.exact(), 1),
        band,
        observed,
      }),
      spins: about(figures) + number(figures.spins),
      few: figures.recorded < LEAST_SPINS ? this.say('impact.few') : '',
      fewHint: this.say('impact.fewHint', { least: number(LEAST_SPINS) }),
      fine: compared && regressions.length === 0 ? this.say('releases.fine') : '',
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

  /** A band that is wider than the RTP itself needs no digits after the point. */
  private points(percent: number): string {
    return this.language.formats().percent(percent, percent < 100 ? 1 : 0);
  }
}
