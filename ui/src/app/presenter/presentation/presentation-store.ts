import { DestroyRef, Injectable, computed, effect, inject, signal, untracked } from '@angular/core';

import { Followed } from '../../core/api/followed';
import { PresentationGateway } from '../../core/api/presentation-gateway';
import { remember } from '../../core/api/remembered';
import { Presentation, PresentationState, Seen } from '../../core/api/schema';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { Language } from '../../core/i18n/language';
import { moveOf, standingOf } from './standing';

const TICK_MS = 1_000;

/** What the server says, and when, by `performance.now()`, which does not follow the wall clock. */
interface Answer extends Presentation {
  readonly answeredAt: number;
}

/** The script, and where its presentation stands. The server decides all of it; this asks and shows. */
@Injectable({ providedIn: 'root' })
export class PresentationStore {
  private readonly gateway = inject(PresentationGateway);
  private readonly language = inject(Language);
  private readonly followed = new Followed(() => this.ask(), {
    // Tells the next load of the page whether it has to show a presentation.
    seen: ({ state }) => remember('presenting', state.status === 'under_way'),
  });
  private readonly _error = signal<unknown>(null);
  private readonly now = signal(performance.now());

  readonly presentation = this.followed.value;
  readonly loadState = this.followed.state;
  readonly load = this.followed.load;
  /** The error of the last request that changes something, or null. */
  readonly error = this._error.asReadonly();
  readonly status = computed(() => this.presentation()?.state.status ?? 'idle');
  readonly underWay = computed(() => this.status() === 'under_way');
  readonly standing = computed(() => {
    const presentation = this.presentation();
    return presentation && standingOf(presentation);
  });
  /** Time since the answer that is shown, in milliseconds, while the presentation is given. */
  private readonly since = computed(() => {
    const answer = this.presentation();
    return answer && this.underWay() ? Math.max(this.now() - answer.answeredAt, 0) : 0;
  });
  /** Time of the presentation and of its present step, in milliseconds, counted on between two answers. */
  readonly elapsed = computed(() => {
    const whole = this.presentation()?.state.elapsed_ms ?? 0;
    const step = this.standing()?.state.elapsed_ms ?? 0;
    return { whole: whole + this.since(), step: step + this.since() };
  });

  /** The time of the step and of the whole against what is planned, in milliseconds. */
  readonly times = computed(() => {
    const { whole, step } = this.elapsed();
    const time = (name: 'stepTime' | 'wholeTime', spent: number, plan: number) => ({
      name,
      spent,
      plan,
      isOver: spent > plan,
    });
    return [
      time('stepTime', step, this.standing()?.state.planned_ms ?? 0),
      time('wholeTime', whole, this.presentation()?.state.planned_ms ?? 0),
    ];
  });

  constructor() {
    const stream = inject(TelemetryStream);
    const { again } = this.followed;
    const ends = [stream.on('presentation', () => again.ask()), stream.afterGap(again)];
    const timer = setInterval(() => this.now.set(performance.now()), TICK_MS);
    effect(() => {
      this.language.active();
      untracked(() => void this.followed.load());
    });
    inject(DestroyRef).onDestroy(() => {
      for (const end of ends) end();
      clearInterval(timer);
      again.drop();
    });
  }

  /** Begins, or goes on after an end before the last step. */
  async start(): Promise<void> {
    if (this.underWay()) return;
    const standing = this.standing();
    if (this.status() !== 'ended' || !standing || standing.next === null) await this.restart();
    else await this.goTo(standing.step.id, standing.lineAt);
  }

  /** Begins at the first step, with the demo as it begins. */
  restart(): Promise<boolean> {
    return this.send(() => this.gateway.startPresentation(true));
  }

  goTo(step: string, line = 0): Promise<boolean> {
    return this.send(() => this.gateway.goToStep(step, line));
  }

  /** Goes to the next step, or ends after the last. */
  nextStep(): Promise<boolean> {
    return this.send(() => this.gateway.nextStep());
  }

  end(): Promise<boolean> {
    return this.send(() => this.gateway.endPresentation());
  }

  /** Goes to the next or the previous line, and from the last or the first one to another step. */
  async move(direction: 1 | -1): Promise<void> {
    const standing = this.standing();
    if (!standing || !this.underWay()) return;
    const move = moveOf(standing, direction);
    if (move.to === 'line') await this.goTo(move.step, move.line);
    else if (move.to === 'next') await this.nextStep();
    else await this.send(() => this.gateway.stepBack());
  }

  /** Notes what a person looks at; nothing depends on a note that is lost. */
  async note(seen: Seen): Promise<void> {
    try {
      this.take(await this.gateway.noteSeen(seen));
    } catch {
      // An address that leads to nothing names nothing that can be seen.
    }
  }

  async useScript(toml: string): Promise<boolean> {
    const done = await this.send(() => this.gateway.useOwnScript(toml));
    if (done) await this.load();
    return done;
  }

  async useBuiltIn(): Promise<boolean> {
    const done = await this.send(() => this.gateway.useBuiltInScript());
    if (done) await this.load();
    return done;
  }

  private async ask(): Promise<Answer> {
    const answer = await this.gateway.presentation(this.language.script());
    return { ...answer, answeredAt: performance.now() };
  }

  private async send(ask: () => Promise<PresentationState>): Promise<boolean> {
    this._error.set(null);
    try {
      this.take(await ask());
      return true;
    } catch (error) {
      this._error.set(error);
      return false;
    }
  }

  /** An older state may arrive after a newer one. */
  private take(state: PresentationState): void {
    const known = this.presentation();
    if (!known || state.revision < known.state.revision) return;
    this.followed.take({ ...known, state, answeredAt: performance.now() });
    this.now.set(performance.now());
  }
}
