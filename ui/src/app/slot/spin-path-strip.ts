import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { ZERO, fromMilliseconds } from '../core/api/micros';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { durationOf } from '../traces/span-node';
import { FollowedSpin } from './followed-spin';
import { Play } from './play';
import { Station, isSlow, longestOf, pathOf } from './spin-path';

/** The path of the last spin through the services; a click opens its trace. */
@Component({
  selector: 'rs-spin-path',
  templateUrl: './spin-path-strip.html',
  styleUrl: './spin-path-strip.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpinPathStrip {
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  protected readonly say = this.language.say;

  private readonly path = computed(() =>
    pathOf(this.spin.summary(), this.spin.layout(), this.play.phase() === 'spinning'),
  );
  private readonly longest = computed(() => longestOf(this.path()));
  protected readonly whole = computed(() => this.spin.layout() !== null);
  protected readonly href = computed(() => {
    const id = this.play.traceId();
    return id !== null && this.spin.summary() ? tracePath(id) : null;
  });

  protected readonly stations = computed(() => {
    const most = this.longest();
    return this.path().map((station) =>
      this.shownStation(station, station === most && isSlow(station)),
    );
  });
  /** The times that the page measured; the number of services is known from the trace. */
  protected readonly headline = computed(() => {
    const { lapse } = this.language.formats();
    const [spin] = this.play.recent();
    const root = this.spin.layout()?.tree.root;
    const idle = this.play.phase() === 'idle';
    const { roundTripMs = null, totalMs = null } = spin ?? {};
    const times =
      idle && roundTripMs !== null && totalMs !== null
        ? { answer: roundTripMs, reels: totalMs - roundTripMs }
        : null;
    if (idle && !times) return { before: this.say('time.none'), time: '', after: '' };
    if (!idle && !root) return { before: this.say('viewer.path.underWay'), time: '', after: '' };
    const count = this.spin.summary()?.services.length ?? 0;
    const services =
      count === 0
        ? this.say('viewer.path.answer')
        : this.language.count('viewer.trace.services', count);
    // The time is a separate element, so the sentence is split where the language puts it.
    const words = times
      ? this.say('viewer.path.total', {
          services,
          time: '\n',
          reels: lapse(fromMilliseconds(times.reels)),
        })
      : this.say('viewer.path.answered', { services, time: '\n' });
    const [before = '', after = ''] = words.split('\n');
    const time = times ? fromMilliseconds(times.answer) : root ? durationOf(root) : ZERO;
    return { before, time: lapse(time), after };
  });
  protected readonly cause = computed(() => {
    const most = this.longest();
    if (!most || most.time === null || most.share === null) return null;
    const { lapse, percent } = this.language.formats();
    const slow = isSlow(most);
    return {
      slow,
      what: this.say(slow ? 'viewer.path.bottleneck' : 'viewer.path.longest'),
      name: this.say(`viewer.path.names.${most.name}`),
      figures: `${lapse(most.time)}, ${percent(most.share * 100, 0)}`,
    };
  });

  protected open(event: MouseEvent): void {
    const href = this.href();
    if (href !== null) this.address.follow(event, href);
  }

  private shownStation({ name, state, time, share }: Station, slow: boolean) {
    const { lapse, percent } = this.language.formats();
    return {
      name,
      label: this.say(`viewer.path.names.${name}`),
      state,
      stateWords: this.say(`viewer.path.states.${state}`),
      colour: colourOf(name),
      time: time === null ? '' : lapse(time),
      // A share above zero is not rounded to zero.
      share: share === null ? '' : percent(share * 100, share < 0.01 ? 1 : 0),
      weight: share ?? 0,
      slow,
    };
  }
}
