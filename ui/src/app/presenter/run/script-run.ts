import {
  Injectable,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';

import { ConditionState, Page, Spot, Step } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { OpenTrace } from '../../core/ui/open-trace';
import { controlOf } from './controls';
import { drawn, firstShown } from '../presentation/drawn';
import { Performer } from '../presentation/performer';
import { PresentationStore } from '../presentation/presentation-store';
import { refusalOf } from '../presentation/presenter-words';
import { Projector } from '../presentation/projector';
import { RunClock, RunEnded } from './run-clock';
import { RunKind, Speed, pressedAfter, readingMs } from './run-plan';
import { Spots } from '../presentation/spots';
import { buttonId } from '../presentation/standing';
import { hearTouches } from './touch';

/** Limit of waiting for the server to say that a step is fulfilled, in milliseconds. */
const FULFILLED_MS = 15_000;
/** Limit of waiting for what a line points at, in milliseconds: while a button is left that may bring it, and at last. */
const SHOWN_MS = { early: 1_500, last: 5_000 };
/** Times of a person for moving the pointer and for looking at what was pressed, in milliseconds. */
const MOVE_MS = 900;
const LOOK_MS = 1_600;
/** Interval of trying to begin, while the server refuses it, in milliseconds. */
const AGAIN_MS = 3_000;
/** How long nobody may have worked at the machine before the run goes on, in milliseconds. */
const QUIET_MS = { rehearsal: 8_000, booth: 30_000 } as const satisfies Record<RunKind, number>;
/** Time in which the hand leaves mouse and keyboard after it has begun or continued the run, in milliseconds. */
const HANDS_OFF_MS = 1_500;

/** Why a step is missed, or what did not work in it, by places in the script. */
export type Remark =
  | { readonly what: 'condition'; readonly at: number; readonly state: ConditionState }
  | { readonly what: 'refusal'; readonly button: number; readonly words: string }
  | { readonly what: 'spot'; readonly line: number };

/** How a step went. */
export interface PlayedStep {
  readonly id: string;
  readonly fulfilled: boolean;
  readonly remarks: readonly Remark[];
}

interface Run {
  readonly kind: RunKind;
  readonly speed: Speed;
  readonly clock: RunClock;
  /** Whether the presentation is given for this run, so that its end ends the run. */
  begun: boolean;
}

/** The point that the pointer is at, in CSS pixels. */
interface Point {
  readonly x: number;
  readonly y: number;
  /** Time of the way to it, in milliseconds. */
  readonly ms: number;
}

/**
 * The script plays itself, with the performer, the spots and the conditions of a presenter. It stops while a person works
 * at the machine, and a step ends when the server says that it is fulfilled.
 */
@Injectable({ providedIn: 'root' })
export class ScriptRun {
  private readonly store = inject(PresentationStore);
  private readonly projector = inject(Projector);
  private readonly performer = inject(Performer);
  private readonly language = inject(Language);
  private readonly address = inject(Address);
  private readonly trace = inject(OpenTrace);
  private readonly spots = inject(Spots);
  private readonly injector = inject(Injector);
  private readonly run = signal<Run | null>(null);
  private readonly _held = signal(false);
  private readonly _pressing = signal('');
  private readonly _pointer = signal<Point | null>(null);
  private readonly _pressed = signal(false);
  private readonly _steps = signal<readonly PlayedStep[]>([]);
  private readonly _reported = signal(false);
  /** Address of the page at which the run was stopped. */
  private stoppedAt = '';
  private quiet: ReturnType<typeof setTimeout> | undefined;
  private handsOffUntil = 0;

  /** What plays itself; null while nothing does. */
  readonly kind = computed(() => this.run()?.kind ?? null);
  readonly speed = computed(() => this.run()?.speed ?? 1);
  /** Whether it stands still because somebody works at the machine. */
  readonly held = this._held.asReadonly();
  /** The label of the button that is being pressed; empty between two. */
  readonly pressing = this._pressing.asReadonly();
  readonly pointer = this._pointer.asReadonly();
  /** Whether the pointer presses what it is at. */
  readonly pressed = this._pressed.asReadonly();
  /** Why it cannot begin yet; empty where it can. */
  readonly refusal = computed(() => {
    const error = this.run() && this.store.error();
    return error ? refusalOf(this.language, error) : '';
  });
  /** How the steps of a rehearsal went, once it has ended; null where nothing is to be reported. */
  readonly report = computed(() => (this._reported() ? this._steps() : null));

  constructor() {
    effect(() => {
      const ended = !this.store.underWay();
      this.store.presentation();
      this.trace.rows();
      untracked(() => {
        const run = this.run();
        if (run?.begun && ended) run.clock.end();
        run?.clock.wake();
      });
    });
  }

  closeReport(): void {
    this._reported.set(false);
  }

  /** Resolves when the run has ended. */
  async start(kind: RunKind, speed: Speed): Promise<void> {
    if (this.run()) return;
    const run: Run = { kind, speed, clock: new RunClock(), begun: false };
    this.run.set(run);
    this.projector.playsItself.set(true);
    this._reported.set(false);
    this.handsOff();
    const deaf = hearTouches(() => this.stop(run));
    try {
      do await this.playOnce(run);
      while (kind === 'booth');
    } catch (error) {
      if (!(error instanceof RunEnded)) throw error;
    } finally {
      deaf();
      clearTimeout(this.quiet);
      this.projector.playsItself.set(false);
      this._held.set(false);
      this._pressing.set('');
      this._pointer.set(null);
      this._reported.set(kind === 'rehearsal' && this._steps().length > 0);
      this.run.set(null);
    }
  }

  end(): void {
    this.run()?.clock.end();
    void this.store.end();
  }

  /** Goes on where it was stopped. */
  goOn(): void {
    if (!this._held()) return;
    clearTimeout(this.quiet);
    this.handsOff();
    this._held.set(false);
    if (this.address.path() !== this.stoppedAt) this.address.go(this.stoppedAt);
    this.run()?.clock.goOn();
  }

  private handsOff(): void {
    this.handsOffUntil = performance.now() + HANDS_OFF_MS;
  }

  /** Somebody works at the machine. */
  private stop({ kind, clock }: Run): void {
    if (performance.now() < this.handsOffUntil) return;
    if (!this._held()) this.stoppedAt = this.address.path();
    this._held.set(true);
    clock.hold();
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.goOn(), QUIET_MS[kind]);
  }

  private async playOnce(run: Run): Promise<void> {
    this._steps.set([]);
    while (!(await this.store.restart())) await run.clock.pass(AGAIN_MS);
    run.begun = true;
    for (let at = 0; at < this.steps().length; at += 1) {
      if (at > 0) await this.enter(at);
      const played = await this.playStep(run, at);
      this._steps.update((all) => [...all, played]);
    }
    if (run.kind === 'booth') return;
    // After the last step the presentation ends.
    run.begun = false;
    await this.store.nextStep();
  }

  private steps(): readonly Step[] {
    return this.store.presentation()?.script.steps ?? [];
  }

  /** The step at a place, in the language that is spoken now. */
  private step(at: number): Step {
    const step = this.steps()[at];
    // Another script is used meanwhile.
    if (!step) throw new RunEnded();
    return step;
  }

  private async enter(at: number): Promise<void> {
    if (this.store.standing()?.at === at - 1) await this.store.nextStep();
    else await this.store.goTo(this.step(at).id);
  }

  private async playStep(run: Run, at: number): Promise<PlayedStep> {
    const { clock, speed } = run;
    const { id, page, say = [], actions = [] } = this.step(at);
    const remarks: Remark[] = [];
    if (page) await this.open(page);
    let pressed = 0;
    const press = async (): Promise<void> => {
      const button = pressed;
      pressed += 1;
      const words = await this.press(run, at, button);
      if (words !== '') remarks.push({ what: 'refusal', button, words });
    };
    for (let line = 0; line < say.length; line += 1) {
      if (line > 0) await this.store.goTo(id, line);
      const { text, spot } = this.step(at).say?.[line] ?? { text: '' };
      // What a line is about may come only by a button of the step.
      while (spot && pressed < actions.length && !(await this.shows(run, spot, SHOWN_MS.early)))
        await press();
      if (spot && !(await this.shows(run, spot, SHOWN_MS.last)))
        remarks.push({ what: 'spot', line });
      await clock.pass(readingMs(text) / speed);
      while (pressed < pressedAfter(line, say.length, actions.length)) await press();
    }
    while (pressed < actions.length) await press();
    const state = () => this.store.presentation()?.state.steps[at];
    const conditions = () => state()?.conditions ?? [];
    const fulfilled = await clock.pass(FULFILLED_MS, () =>
      conditions().every((condition) => condition.fulfilled),
    );
    for (const [place, condition] of conditions().entries())
      if (!condition.fulfilled) remarks.push({ what: 'condition', at: place, state: condition });
    return { id, fulfilled, remarks };
  }

  /** Opens a page; one that has nothing to show yet gets it by the buttons of the step. */
  private async open(page: Page): Promise<void> {
    await this.performer.open(page).catch(() => undefined);
  }

  /** Whether what a line is about comes into the page within so many milliseconds. */
  private async shows({ clock }: Run, spot: Spot, limitMs: number): Promise<boolean> {
    await clock.pass(0);
    let isThere = false;
    const there = (): Element | null => {
      // A row that exists is drawn with the next frame, wherever it is in its list.
      isThere ||= this.spots.bring(spot) !== false;
      return isThere ? this.spots.elementOf(spot) : null;
    };
    return (await drawn(there, limitMs)) !== null;
  }

  /** Presses a button of a step where a person would, and returns why it could not be done. */
  private async press({ clock, speed }: Run, at: number, button: number): Promise<string> {
    const { id, actions = [] } = this.step(at);
    const pressed = actions[button];
    if (!pressed) return '';
    const { action, label } = pressed;
    await clock.pass(0);
    this._pressing.set(label);
    this.projector.rest();
    const { page, row, selectors } = controlOf(action);
    if (page && !firstShown(selectors)) await this.open(page);
    if (row && this.spots.bring(row)) await rendered(this.injector);
    const control = await drawn(() => firstShown(selectors), page ? SHOWN_MS.early : 0);
    if (control) {
      control.scrollIntoView({ block: 'nearest' });
      this.point(control, MOVE_MS / speed);
    }
    await clock.pass(MOVE_MS / speed);
    this._pressed.set(control !== null);
    const refusal = await this.projector.perform(action, buttonId(id, button));
    this._pressed.set(false);
    // Where the action has led to is where the run goes on.
    if (this._held()) this.stoppedAt = this.address.path();
    await clock.pass(LOOK_MS / speed);
    this._pressing.set('');
    this.projector.light();
    return refusal;
  }

  private point(control: Element, ms: number): void {
    const { left, top, width, height } = control.getBoundingClientRect();
    this._pointer.set({ x: left + width / 2, y: top + Math.min(height / 2, 40), ms });
  }
}

function rendered(injector: Injector): Promise<void> {
  return new Promise((resolve) => afterNextRender({ read: resolve }, { injector }));
}
