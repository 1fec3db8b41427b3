import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  viewChild,
} from '@angular/core';

import { PROBLEM_IDS } from '../core/api/parts';
import { Language } from '../core/i18n/language';
import { Pages } from '../core/ui/pages';
import { WATERFALL_KEYS } from '../traces/waterfall/waterfall-keys';

/** The dialog that explains the keys. */
@Component({
  selector: 'rs-key-list',
  template: `
    <dialog #dialog data-test="key-list" aria-labelledby="key-list-title">
      <h2 id="key-list-title">
        {{ say(ofTraces() ? 'viewer.keys.title' : 'help.title') }}
      </h2>
      <dl>
        @for (row of rows(); track row.text) {
          <div>
            <dt>
              @for (key of row.keys; track key) {
                <kbd>{{ key }}</kbd>
              }
            </dt>
            <dd>{{ row.text }}</dd>
          </div>
        }
      </dl>
      <button type="button" class="quiet" (click)="close()">{{ say('help.close') }}</button>
    </dialog>
  `,
  styleUrl: './key-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class KeyList {
  protected readonly say = inject(Language).say;
  private readonly pages = inject(Pages);
  private readonly dialog = viewChild.required<ElementRef<HTMLDialogElement>>('dialog');

  protected readonly ofTraces = computed(() => this.pages.shown() === 'traces');
  protected readonly rows = computed(() =>
    this.ofTraces() ? this.traceRows() : this.machineRows(),
  );

  /** The keys of every page. */
  private readonly windowRows = computed(() => [
    { keys: ['O'], text: this.say('help.newest') },
    { keys: ['G', 'M'], text: this.say('nav.machine') },
    { keys: ['G', 'T'], text: this.say('nav.traces') },
    { keys: ['G', 'I'], text: this.say('nav.issues') },
    { keys: ['G', 'B'], text: this.say('nav.business') },
    { keys: ['B'], text: this.say('help.presenter') },
    { keys: ['?'], text: this.say('help.help') },
    { keys: ['F5'], text: this.say('presenter.help.start') },
    { keys: ['Esc'], text: this.say('presenter.help.end') },
    { keys: ['PgDn'], text: this.say('presenter.help.next') },
    { keys: ['PgUp'], text: this.say('presenter.help.back') },
    { keys: ['.', 'B'], text: this.say('presenter.help.black') },
  ]);
  private readonly traceRows = computed(() => [
    ...WATERFALL_KEYS.map(({ shown, says }) => ({ keys: shown, text: this.say(says) })).toSpliced(
      -1,
      0,
      { keys: [this.say('viewer.keys.wheelKey')], text: this.say('viewer.keys.wheel') },
    ),
    ...this.windowRows(),
  ]);
  private readonly machineRows = computed(() => [
    { keys: [this.say('help.space')], text: this.say('help.spin') },
    { keys: ['R'], text: this.say('help.repeat') },
    { keys: ['C'], text: this.say('help.compare') },
    { keys: ['↑', '↓'], text: this.say('help.stake') },
    { keys: ['T'], text: this.say('help.turbo') },
    { keys: ['M'], text: this.say('help.sound') },
    { keys: ['L'], text: this.say('help.language') },
    { keys: ['P'], text: this.say('help.paytable') },
    { keys: PROBLEM_IDS.map((_, at) => `${at + 1}`), text: this.say('help.problems') },
    ...this.windowRows(),
  ]);

  open(): void {
    const { nativeElement } = this.dialog();
    if (!nativeElement.open) nativeElement.showModal();
  }

  protected close(): void {
    this.dialog().nativeElement.close();
  }
}
