import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { ScriptMistake } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { PresentationStore } from './presentation/presentation-store';
import { refusalOf } from './presentation/presenter-words';

/** Limit of a script, in bytes; the server refuses a larger one. */
const MOST_BYTES = 512 * 1024;
/** Limit of the mistakes that are listed. */
const MOST_MISTAKES = 20;

/** Which script is presented, and a presenter's own one. A script with mistakes changes nothing. */
@Component({
  selector: 'rs-script-choice',
  template: `
    <div class="choice">
      <span class="which" data-test="script-which">{{
        say(own() ? 'presenter.script.own' : 'presenter.script.builtIn')
      }}</span>
      <button type="button" class="quiet" data-test="script-open" (click)="file.click()">
        {{ say('presenter.script.open') }}
      </button>
      <input
        #file
        type="file"
        accept=".toml"
        class="visually-hidden"
        tabindex="-1"
        aria-hidden="true"
        data-test="script-file"
        (change)="open(file)"
      />
      @if (own()) {
        <button type="button" class="quiet" data-test="script-built-in" (click)="useBuiltIn()">
          {{ say('presenter.script.useBuiltIn') }}
        </button>
      }
    </div>
    @if (words(); as words) {
      <p role="alert" data-test="script-words" [class.bad]="!used()">{{ words }}</p>
    }
    @if (mistakes().length > 0) {
      <ol data-test="script-mistakes">
        @for (mistake of mistakes(); track $index) {
          <li>
            <b>{{ placeOf(mistake) }}</b> {{ mistake.sentence }}
          </li>
        }
      </ol>
    }
  `,
  styles: `
    .choice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-4) var(--space-7);
    }
    .which {
      color: var(--soft);
    }
    p {
      margin-top: var(--space-5);
      color: var(--good);
    }
    p.bad {
      color: var(--bad);
    }
    ol {
      display: grid;
      gap: var(--space-4);
      max-height: 14rem;
      margin-top: var(--space-5);
      overflow-y: auto;
    }
    li {
      overflow-wrap: anywhere;
    }
    li b {
      display: block;
      color: var(--dim);
      font-size: 0.85rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ScriptChoice {
  private readonly language = inject(Language);
  private readonly store = inject(PresentationStore);
  protected readonly say = this.language.say;
  protected readonly own = computed(() => this.store.presentation()?.state.own_script ?? false);
  protected readonly used = signal(false);
  private readonly tooLarge = signal(false);
  private readonly refused = computed(() =>
    this.used() ? null : this.tried() && this.store.error(),
  );
  private readonly tried = signal(false);

  protected readonly mistakes = computed((): readonly ScriptMistake[] => {
    const error = this.refused();
    const mistakes = error instanceof ApiProblem ? (error.body.mistakes ?? []) : [];
    return mistakes.slice(0, MOST_MISTAKES);
  });
  protected readonly words = computed(() => {
    if (this.tooLarge()) return this.say('presenter.script.tooLarge');
    if (this.used()) return this.say('presenter.script.used');
    const error = this.refused();
    if (!error) return '';
    const mistakes = error instanceof ApiProblem ? (error.body.mistakes?.length ?? 0) : 0;
    return mistakes > 0
      ? this.language.count('presenter.script.mistakes', mistakes)
      : refusalOf(this.language, error);
  });

  protected async open(input: HTMLInputElement): Promise<void> {
    const [file] = input.files ?? [];
    if (!file) return;
    this.used.set(false);
    this.tooLarge.set(file.size > MOST_BYTES);
    const text = this.tooLarge() ? null : await file.text();
    // The same file may be chosen again once it was mended.
    input.value = '';
    if (text === null) return;
    this.tried.set(true);
    this.used.set(await this.store.useScript(text));
  }

  protected async useBuiltIn(): Promise<void> {
    this.tried.set(true);
    this.used.set(false);
    await this.store.useBuiltIn();
  }

  protected placeOf({ line, column }: ScriptMistake): string {
    const { number } = this.language.formats();
    return this.say('presenter.script.place', { line: number(line), column: number(column) });
  }
}
