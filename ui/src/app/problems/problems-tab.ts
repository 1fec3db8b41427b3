import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  afterRenderEffect,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';

import { fromMilliseconds } from '../core/api/micros';
import { ProblemView } from '../core/api/parts';
import { ReleaseView } from '../core/api/schema';
import { RoundsStore } from '../core/api/rounds-store';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { IMPACT_PATH } from '../core/ui/business-part';
import { Holds } from '../core/ui/holds';
import { colourOf } from '../core/ui/service-colour';
import { comparePath, tracePath } from '../core/ui/trace-place';
import { LoadWords } from '../core/ui/load-words';
import { FaultStore, Steered } from '../faults/fault-store';
import { MoreFaults } from '../faults/more-faults';
import { Play } from '../slot/play';
import { isHealthy, nextStep } from './next-step';
import {
  actionKey,
  firstOf,
  hurtingIn,
  isAsReleased,
  leadOf,
  lookKey,
  onDial,
  problemsIn,
  shareOf,
  withinSentence,
} from './problem-words';

/** The four problems with their evidence and fixes, the release dial, and the reset to the start of the demo. */
@Component({
  selector: 'rs-problems-tab',
  imports: [Holds, MoreFaults, LoadWords],
  templateUrl: './problems-tab.html',
  styleUrls: ['../core/ui/switch-cards.css', './problems-tab.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProblemsTab {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly rounds = inject(RoundsStore);
  protected readonly address = inject(Address);
  protected readonly store = inject(FaultStore);
  protected readonly say = this.language.say;
  protected readonly impactPath = IMPACT_PATH;
  /** Whether the reset waits for a confirmation, because it discards all measurements. */
  protected readonly asking = signal(false);

  protected readonly ready = computed(() => this.store.board() !== null);
  protected readonly dial = computed(() => {
    const board = this.store.board();
    const chosen = this.store.release();
    return (board?.releases ?? []).map((release) => ({
      version: release.version,
      chosen: release.version === chosen,
      label: this.say('problems.dialOf', {
        version: release.version,
        what: this.releaseWords(release),
      }),
    }));
  });
  protected readonly choosing = computed(() => this.store.busy().has('release'));
  protected readonly dialWords = computed(() => {
    const board = this.store.board();
    if (!board) return '';
    if (this.choosing()) return this.say('problems.ofRelease.choosing');
    if (isHealthy(board.problems)) return this.say('problems.ofRelease.healthy');
    const release = onDial(board, this.store.release());
    if (!release) return this.say('problems.ofRelease.other', { release: board.release });
    const what = this.releaseWords(release);
    return isAsReleased(board.problems, release)
      ? what
      : this.say('problems.ofRelease.byHand', { what });
  });
  /** Whether all players exist; before that the index cannot be switched, and the demo cannot begin. */
  protected readonly written = computed(() => this.store.board()?.ready ?? false);
  protected readonly first = computed(() => {
    const board = this.store.board();
    return board ? firstOf(board) : '';
  });

  protected readonly cards = computed(() => {
    const board = this.store.board();
    if (!board) return [];
    const lead = leadOf(board.problems);
    return board.problems.map((problem, place) => {
      const locked = problem.id === 'missing-index' && !board.ready;
      return {
        id: problem.id,
        key: String(place + 1),
        name: this.say(`problems.name.${problem.id}`),
        service: problem.service,
        colour: colourOf(problem.service),
        lookTitle: this.say('problems.lookOf', { service: problem.service }),
        state: problem.state,
        stateWords: this.say(`problems.state.${problem.state}`),
        look: this.say(lookKey(problem)),
        action: this.say(actionKey(problem)),
        lead: problem.id === lead,
        locked,
        switching: this.switchingOf(problem),
        seen: this.seenOf(problem),
        took: this.tookOf(problem),
        refusal: this.refusalOf(problem.id),
        armed:
          problem.id === 'payment-errors' ? this.armedWords(board.armed_failures, problem) : null,
      };
    });
  });
  /** Errors that concern all problems are shown below the dial. */
  protected readonly refusal = computed(
    () => this.refusalOf('release') || this.refusalOf('reset') || '',
  );
  protected readonly changed = computed(() => {
    const changed = this.store.changed();
    if (!changed) return '';
    return this.say('problems.changed', {
      name: this.say(`problems.name.${changed.id}`),
      state: this.say(`problems.state.${changed.state}`),
    });
  });

  /** The last spin, if its round can be spun again. */
  private readonly last = computed(() => {
    const [spin] = this.play.recent();
    const round = this.rounds.rounds().find(({ round_id }) => round_id === spin?.roundId);
    if (!round?.board || !spin || spin.begunAt === null) return null;
    return { roundId: round.round_id, begunAt: spin.begunAt, round };
  });
  private readonly step = computed(() => {
    const board = this.store.board();
    if (!board || this.play.phase() !== 'idle') return null;
    return nextStep(board.problems, board.answeredAt, this.last(), this.play.repeats()[0] ?? null);
  });
  protected readonly next = computed(() => {
    const step = this.step();
    if (!step) return null;
    return {
      what: step.what,
      words: this.say(
        step.what === 'begin' && !this.written()
          ? 'problems.beginLater'
          : `problems.next.${step.what}`,
        { release: this.first() },
      ),
      href: step.what === 'compare' ? comparePath(step.before, step.after) : null,
    };
  });

  private readonly question = viewChild<ElementRef<HTMLElement>>('question');

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
    // The section opens at the end of the panel, which may be out of sight.
    afterRenderEffect(() => this.question()?.nativeElement.scrollIntoView({ block: 'nearest' }));
  }

  protected repeat(): void {
    const last = this.last();
    if (last) this.play.repeat(last.round);
  }

  protected async startOfDemo(): Promise<void> {
    this.asking.set(false);
    await this.store.startOfDemo();
  }

  private switchingOf(problem: ProblemView): { share: number | null; words: string } | null {
    if (!problem.switching && !this.store.busy().has(problem.id)) return null;
    const share = shareOf(problem);
    const words = this.say('problems.switching', {
      share: share === null ? '' : this.language.formats().percent(share * 100, 0),
    });
    return { share, words: words.trim() };
  }

  private seenOf({ state, observed }: ProblemView) {
    if (state !== 'on' || !observed) return null;
    const { lapse, clock } = this.language.formats();
    return {
      href: tracePath(observed.trace_id),
      text: this.language.count('problems.seen', observed.count),
      time: observed.ms === undefined ? '' : lapse(fromMilliseconds(observed.ms)),
      title: this.say('problems.openSeen', { at: clock(fromMilliseconds(observed.at)) }),
    };
  }

  private tookOf({ id, state }: ProblemView): string {
    const took = this.store.took().get(id);
    if (state !== 'fixed' || took === undefined) return '';
    const time = this.language.formats().lapse(fromMilliseconds(took));
    return this.say('problems.was', { time });
  }

  private armedWords(armed: number, { state }: ProblemView): string {
    if (armed === 0) return '';
    const words = this.language.count('problems.armed', armed);
    return state === 'fixed' ? `${words}, ${this.say('problems.armedFixed')}` : words;
  }

  private releaseWords(release: ReleaseView): string {
    const { kind, wrongPaytable } = hurtingIn(release, this.store.board()?.problems.length ?? 0);
    const names = problemsIn(release).map((id) =>
      withinSentence(this.say(`problems.name.${id}`), this.language.active()),
    );
    const what = this.say(`problems.ofRelease.${kind}`, { names: names.join(', ') });
    return wrongPaytable ? this.say('problems.ofRelease.wrongPaytable', { what }) : what;
  }

  private refusalOf(of: Steered): string {
    const refusal = this.store.refusal();
    const concerns = refusal?.of === of || (of === 'payment-errors' && refusal?.of === 'fire');
    return refusal && concerns ? this.language.text(refusalWords(refusal.error)) : '';
  }
}
