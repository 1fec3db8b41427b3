import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { fromMilliseconds, micros, toMilliseconds } from '../../core/api/micros';
import { Language } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { colourOf } from '../../core/ui/service-colour';
import { tracePath } from '../../core/ui/trace-place';
import { durationOf } from '../../traces/tree/span-node';
import { FollowedSpin } from './followed-spin';
import { Play } from '../play/play';
import { SpinBar } from './spin-bar';
import { SpinExplanation } from './spin-explanation';
import { SLOW, Station, compared, longestOf } from './spin-path';
import { Stopwatch } from './stopwatch';

/** Smaller shares of a spin would be shown as 0 %. */
const LEAST_SHARE = 0.005;

/** The largest words about the last spin beside its total. */
interface Verdict {
  readonly kind: 'bottleneck' | 'longest' | 'failed' | 'faster' | 'slower' | 'alike';
  readonly what: string;
  readonly name: string;
  readonly more: string;
  /** What the spin took beside a bottleneck. */
  readonly rest?: string;
}

/** Where the time of the last spin went: its total and what took it, its path, and the way to its trace. */
@Component({
  selector: 'rs-spin-path',
  imports: [SpinBar, SpinExplanation],
  templateUrl: './spin-path-strip.html',
  styleUrl: './spin-path-strip.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpinPathStrip {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  private readonly stopwatch = inject(Stopwatch);
  protected readonly say = this.language.say;

  private readonly longest = computed(() => longestOf(this.spin.path()));
  protected readonly whole = computed(() => this.spin.layout() !== null);
  /** The time of the root, which the shares refer to; without a trace that of the response. */
  private readonly took = computed(() => {
    const root = this.spin.layout()?.tree.root;
    if (root) return durationOf(root);
    const [spin] = this.play.recent();
    const { roundTripMs = null } = this.play.phase() === 'idle' ? (spin ?? {}) : {};
    return roundTripMs === null ? null : fromMilliseconds(roundTripMs);
  });
  protected readonly href = computed(() => {
    const id = this.play.traceId();
    return id !== null && this.spin.summary() ? tracePath(id) : null;
  });

  protected readonly total = computed(() => {
    const took = this.took();
    return took === null ? '' : this.language.formats().duration(toMilliseconds(took));
  });
  /** Before the first spin, and while one runs. */
  protected readonly invitation = computed(() => {
    if (this.play.phase() === 'idle') return this.say('time.none');
    const before = this.spin.before();
    if (!before) return this.say('viewer.path.underWay');
    const time = this.language.formats().duration(toMilliseconds(before.total));
    return this.say('spin.racing', { time });
  });
  protected readonly verdict = computed(
    (): Verdict | null => this.failure() ?? this.comparison() ?? this.culprit(),
  );
  protected readonly stations = computed(() => {
    const most = this.isSlow() ? this.longest() : null;
    // Beside the part that failed, no other one is in a colour.
    const isFailure = this.verdict()?.kind === 'failed';
    return this.spin
      .path()
      .map((station) =>
        this.shown(station, station === most && (!isFailure || station.state === 'failed')),
      );
  });

  private readonly isSlow = computed(() => (this.took() ?? 0) >= SLOW);

  protected open(event: MouseEvent): void {
    const href = this.href();
    if (href !== null) this.address.follow(event, href);
  }

  private failure(): Verdict | null {
    // A call that was tried again and then succeeded has failed too; the spin has not.
    const isOver = this.whole() && this.play.hasFailed();
    const failed = isOver ? this.spin.path().find(({ state }) => state === 'failed') : null;
    if (!failed) return null;
    const name = this.say(`viewer.path.names.${failed.name}`);
    return { kind: 'failed', what: this.say('spin.failedAt'), name, more: this.figures(failed) };
  }

  private comparison(): Verdict | null {
    const before = this.spin.before();
    const took = this.took();
    if (!before || took === null || !this.whole()) return null;
    const { what, times } = compared(before.total, took);
    if (what === 'alike') return { kind: what, what: '', name: this.say('spin.alike'), more: '' };
    const rounded = times >= 10 ? Math.round(times) : Math.round(times * 10) / 10;
    const count = this.language.formats().number(rounded, Number.isInteger(rounded) ? 0 : 1);
    const name = this.language.count(`spin.${what}`, rounded, { count });
    return { kind: what, what: '', name, more: this.say('spin.than') };
  }

  private culprit(): Verdict | null {
    const most = this.longest();
    if (!most) return null;
    const kind = this.isSlow() ? 'bottleneck' : 'longest';
    const name = this.say(`viewer.path.names.${most.name}`);
    const more = this.isSlow() ? this.gain(most) : { more: this.figures(most) };
    return { kind, what: this.say(`viewer.path.${kind}`), name, ...more };
  }

  private gain({ time, share }: Station): Pick<Verdict, 'more' | 'rest'> {
    const took = this.took();
    if (time === null || share === null || took === null) return { more: '' };
    const { lapse, percent } = this.language.formats();
    const rest = lapse(micros(took - time));
    return { more: percent(share * 100, 0), rest: this.say('spin.beside', { rest }) };
  }

  private figures({ time, share }: Station): string {
    if (time === null || share === null) return '';
    const { lapse, percent } = this.language.formats();
    // A call that was refused at once took no share of the spin.
    if (share < LEAST_SHARE) return lapse(time);
    return `${lapse(time)}, ${percent(share * 100, 0)}`;
  }

  private shown(station: Station, most: boolean) {
    const { name, state } = station;
    return {
      name,
      label: this.say(`viewer.path.names.${name}`),
      state,
      stateWords: this.say(`viewer.path.states.${state}`),
      colour: colourOf(name),
      time: this.timeOf(station),
      most,
    };
  }

  private timeOf({ state, time }: Station): string {
    const { lapse, stopwatch } = this.language.formats();
    if (time !== null) return lapse(time);
    if (state !== 'waiting') return '';
    const known = this.spin.path().reduce((sum, each) => sum + (each.time ?? 0), 0);
    return stopwatch(Math.max(0, this.stopwatch.elapsed() - known / 1000));
  }
}
