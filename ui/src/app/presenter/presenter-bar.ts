import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterNextRender,
  computed,
  inject,
  output,
} from '@angular/core';

import { Language } from '../core/i18n/language';
import { reserveBelow } from '../core/ui/root-size';
import { PresentationStore } from './presentation/presentation-store';
import { clockText } from './presentation/presenter-words';
import { Projector } from './presentation/projector';
import { Questions } from './presentation/questions';
import { buttonId, nextButton } from './presentation/standing';
import { StepConditions } from './presentation/step-facts';

/** Height of the bar with two lines, in rem. */
const HEIGHT_REM = 4.4;

/** The presentation below the page, for a presenter without a second screen. */
@Component({
  selector: 'rs-presenter-bar',
  imports: [StepConditions],
  templateUrl: './presenter-bar.html',
  styleUrls: ['./bar.css', './presenter-bar.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PresenterBar {
  private readonly language = inject(Language);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly store = inject(PresentationStore);
  protected readonly projector = inject(Projector);
  protected readonly questions = inject(Questions);
  protected readonly say = this.language.say;

  /** The presenter's view is asked for. */
  readonly view = output();

  protected readonly place = computed(() => {
    const standing = this.store.standing();
    if (!standing) return '';
    const { number } = this.language.formats();
    return this.say('presenter.stepOf', {
      step: number(standing.at + 1),
      steps: number(standing.of),
    });
  });
  protected readonly times = computed(() => {
    const formats = this.language.formats();
    return this.store.times().map(({ spent, plan, ...time }) => ({
      ...time,
      text: `${clockText(formats, spent)} / ${clockText(formats, plan)}`,
    }));
  });
  private readonly nextAt = computed(() => {
    const standing = this.store.standing();
    return standing ? nextButton(standing, this.projector.pressed()) : -1;
  });
  /** The button that is pressed next; null once nothing is left but to go on. */
  protected readonly button = computed(() => {
    const standing = this.store.standing();
    return standing?.step.actions?.[this.nextAt()] ?? null;
  });

  constructor() {
    afterNextRender(() => this.element.scrollIntoView({ block: 'nearest' }));
    reserveBelow(HEIGHT_REM);
    inject(DestroyRef).onDestroy(() => reserveBelow(0));
  }

  protected press(): void {
    const [button, standing] = [this.button(), this.store.standing()];
    if (!button || !standing) return;
    void this.projector.perform(button.action, buttonId(standing.step.id, this.nextAt()));
  }
}
