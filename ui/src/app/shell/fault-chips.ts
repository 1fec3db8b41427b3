import { ChangeDetectionStrategy, Component, DestroyRef, computed, inject } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Pages } from '../core/ui/pages';
import { FaultStore } from '../faults/fault-store';
import { changeWords } from '../faults/release-words';
import { Tabs } from '../core/ui/panel-tabs';

/** Interval of requests, in milliseconds; the panel asks more often while it is shown. */
const LOOK_MS = 5_000;

/** What was changed in the release that runs: “+ 3 fixes”. */
@Component({
  selector: 'rs-release-changes',
  template: `@if (words(); as words) {
    <b data-test="release-changes">{{ words }}</b>
  }`,
  styles: `
    b {
      margin-left: var(--space-2);
      color: var(--good);
      font-weight: 550;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReleaseChanges {
  private readonly language = inject(Language);
  private readonly store = inject(FaultStore);
  protected readonly words = computed(() => {
    const board = this.store.board();
    return board ? changeWords(board, this.language) : '';
  });

  constructor() {
    // Faults are switched through the API too.
    const look = (): void => void (document.hidden || this.store.load());
    look();
    const timer = setInterval(look, LOOK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }
}

/** The number of faults beside the story that are on; a click leads to their switches. */
@Component({
  selector: 'rs-faults-on',
  template: `@if (words(); as words) {
    <a
      class="capsule"
      href="/"
      data-test="faults-on"
      [title]="names()"
      (click)="tabs.show('problems'); pages.follow($event, 'machine')"
      >{{ words }}</a
    >
  }`,
  styles: `
    a {
      display: flex;
      align-items: center;
      padding: 0 var(--space-8);
      border-color: var(--warn);
      color: var(--warn);
      font-weight: 600;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class FaultsOn {
  private readonly language = inject(Language);
  private readonly store = inject(FaultStore);
  protected readonly pages = inject(Pages);
  protected readonly tabs = inject(Tabs);
  protected readonly words = computed(() => {
    const on = this.store.extrasOn().length;
    return on === 0 ? '' : this.language.count('faults.chip', on);
  });
  protected readonly names = computed(() =>
    this.store
      .extrasOn()
      .map(({ id }) => this.language.say(`faults.name.${id}`))
      .join(', '),
  );
}
