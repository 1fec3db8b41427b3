import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Language } from '../core/i18n/language';
import { PRESENTER_PATH } from '../core/ui/pages';
import { OwnCommand, followCommands } from './commands';
import { PresentationStore } from './presentation/presentation-store';
import { PresenterBar } from './presenter-bar';
import { PresentationStart } from './presentation-start';
import { Projector } from './presentation/projector';
import { QuestionList } from './presentation/question-list';
import { Questions } from './presentation/questions';
import { RunBar } from './run/run-bar';
import { ChosenRun } from './run/run-choice';
import { RunPointer } from './run/run-pointer';
import { RunReport } from './run/run-report';
import { ScriptRun } from './run/script-run';
import { Spotlight } from './spotlight';

/** The name of the presenter's window, so that it is opened once. */
const WINDOW = 'reelscope-presenter';

/** The presentation in the window of the machine: its start, its bar, the light, questions and the blackout. */
@Component({
  selector: 'rs-projector-stage',
  imports: [
    PresentationStart,
    PresenterBar,
    QuestionList,
    RunBar,
    RunPointer,
    RunReport,
    Spotlight,
  ],
  templateUrl: './projector-stage.html',
  styleUrl: './projector-stage.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:pointerdown)': 'work($event.target)' },
})
export class ProjectorStage {
  protected readonly store = inject(PresentationStore);
  protected readonly projector = inject(Projector);
  protected readonly questions = inject(Questions);
  protected readonly scriptRun = inject(ScriptRun);
  protected readonly say = inject(Language).say;
  protected readonly path = PRESENTER_PATH;

  protected readonly choosing = signal(false);
  /** Whether the browser has refused to open the presenter's window. */
  protected readonly blocked = signal(false);
  protected readonly hasBar = computed(
    () => this.store.underWay() && !this.projector.watched() && this.store.standing() !== null,
  );

  constructor() {
    followCommands((command) => this.run(command));
  }

  protected openView(): void {
    const view = window.open(PRESENTER_PATH, WINDOW, 'popup,width=1180,height=760');
    // One that is open already is brought to the front.
    this.blocked.set(view === null && !this.projector.watched());
  }

  protected async begin(again: boolean): Promise<void> {
    this.choosing.set(false);
    await (again ? this.store.restart() : this.store.start());
  }

  protected play({ kind, speed }: ChosenRun): void {
    this.choosing.set(false);
    void this.scriptRun.start(kind, speed);
  }

  /** Whoever works on the page sees all of it until the next line. */
  protected work(target: EventTarget | null): void {
    if (target instanceof Element && !target.closest('rs-projector-stage')) this.projector.rest();
  }

  private run(command: OwnCommand): void {
    switch (command) {
      case 'open':
        return this.choosing.update((choosing) => !choosing);
      case 'start':
        return void this.begin(false);
      case 'black':
        return this.projector.toggleBlack();
    }
  }
}
