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
import { ProblemId, ProblemView, isSlowing } from '../core/api/parts';
import { ReleaseView } from '../core/api/schema';
import { Session } from '../core/api/session';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { IMPACT_PATH } from '../core/ui/business-part';
import { Holds } from '../core/ui/holds';
import { colourOf } from '../core/ui/service-colour';
import { comparePath, tracePath } from '../core/ui/trace-place';
import { LoadWords } from '../core/ui/load-words';
import { FaultStore, Steered } from '../faults/fault-store';
import { releaseWords } from '../faults/release-words';
import { MoreFaults } from '../faults/more-faults';
import { Play } from '../slot/play/play';
import { P95Line } from '../traffic/p95-line';
import { CostStore } from './cost-store';
import { STEPS, isHealthy } from './next-step';
import {
  actionKey,
  firstOf,
  hurtingIn,
  isAsReleased,
  lookKey,
  onDial,
  problemsIn,
  shareOf,
  withinSentence,
} from './problem-words';
import { Story } from './story';

/** The problems of the story with their evidence and fixes, the release dial, and the reset to the start of the demo. */
@Component({
  selector: 'rs-problems-tab',
  imports: [Holds, MoreFaults, LoadWords, P95Line],
  templateUrl: './problems-tab.html',
  styleUrls: ['../core/ui/switch-cards.css', './problems-tab.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProblemsTab {
  private readonly language = inject(Language);
  protected readonly play = inject(Play);
  protected readonly story = inject(Story);
  protected readonly address = inject(Address);
  protected readonly store = inject(FaultStore);
  private readonly costs = inject(CostStore);
  private readonly session = inject(Session);
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
        what: this.problemsOf(release),
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
    const what = this.problemsOf(release);
    return isAsReleased(board.problems, release) ? what : releaseWords(board, this.language);
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
        turned: this.turned() === problem.id,
        share: this.shareOf(problem),
        weight: (this.story.shares().get(problem.id) ?? 0) * 100,
        locked,
        switching: this.switchingOf(problem),
        seen: this.seenOf(problem),
        took: this.tookOf(problem),
        cost: this.costOf(problem),
        size: this.sizeOf(problem),
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

  /** The problem that was fixed while this panel was shown; its card turns. */
  private readonly turned = computed(() => {
    const changed = this.store.changed();
    return changed !== this.changedBefore && changed?.state === 'fixed' ? changed.id : null;
  });
  private readonly changedBefore = this.store.changed();

  /** The next step, whose place stays while a spin runs. */
  protected readonly next = computed(() => {
    const step = this.story.step();
    if (!step) return { what: 'spin-runs', words: this.say('problems.next.running'), link: null };
    const { what } = step;
    const words = this.say(
      what === 'begin' && !this.written() ? 'problems.beginLater' : `problems.next.${what}`,
      { release: this.first(), name: '' },
    );
    switch (what) {
      case 'fix':
        return { what, words: this.fixWords(step.id), link: null };
      case 'look':
        return { what, words, link: this.linkOf('next-look', 'doLook', tracePath(step.traceId)) };
      case 'compare': {
        const path = comparePath(step.before, step.after);
        return { what, words, link: this.linkOf('compare-repeat', 'doCompare', path) };
      }
      case 'done':
        return { what, words, link: this.linkOf('next-impact', 'doDone', IMPACT_PATH) };
      default:
        return { what, words, link: null };
    }
  });
  protected readonly steps = computed(() => {
    const { what } = this.next();
    const now = what === 'spin-runs' ? 0 : STEPS.findIndex((step) => step === what);
    const done = what === 'done' ? STEPS.length : now;
    return STEPS.map((name, place) => ({
      name,
      words: this.say(`problems.step.${name}`),
      state: place === now ? 'now' : place < done ? 'done' : 'later',
    }));
  });
  /** The card of the problem to fix next. */
  protected readonly lead = computed(() => {
    const step = this.story.step();
    return this.cards().find(({ id }) => step?.what === 'fix' && id === step.id) ?? null;
  });
  /** When problems were switched, by `performance.now()`. */
  protected readonly switches = computed(() => {
    const board = this.store.board();
    return (board?.problems ?? []).map(({ state, switched_ms_ago }) => ({
      at: (board?.answeredAt ?? 0) - switched_ms_ago,
      good: state === 'fixed',
    }));
  });

  private readonly question = viewChild<ElementRef<HTMLElement>>('question');

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    destroyed.onDestroy(this.costs.watch());
    // The section opens at the end of the panel, which may be out of sight.
    afterRenderEffect(() => this.question()?.nativeElement.scrollIntoView({ block: 'nearest' }));
  }

  protected async startOfDemo(): Promise<void> {
    this.asking.set(false);
    await this.store.startOfDemo();
  }

  private linkOf(test: string, words: 'doLook' | 'doCompare' | 'doDone', href: string) {
    return { test, href, words: this.say(`problems.next.${words}`) };
  }

  private fixWords(id: ProblemId): string {
    const name = this.say(`problems.name.${id}`);
    const share = this.cards().find((card) => card.id === id)?.share;
    if (!share) return this.say('problems.next.fix', { name });
    return `${name}: ${share.figure || share.words}`;
  }

  /** What a problem takes of the newest spin; null while that is unknown. */
  private shareOf({ id, state, observed }: ProblemView): { figure: string; words: string } | null {
    if (state !== 'on') return null;
    if (!isSlowing(id) && observed && observed.trace_id === this.story.traceId())
      return { figure: '', words: this.say('problems.failedSpin') };
    const share = this.story.shares().get(id);
    if (share === undefined) return null;
    const figure = this.language.formats().percent(share * 100, share < 0.01 ? 1 : 0);
    return { figure, words: this.say('problems.ofSpin') };
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

  /** What the problem cost in the spins of this session that had it; empty while it cost nothing. */
  private costOf({ id }: ProblemView): string {
    const cost = this.costs.costs().get(id);
    if (!cost || (cost.waited_us === 0 && cost.failed_stakes === 0)) return '';
    const { lapse, money } = this.language.formats();
    const waited = lapse(cost.waited_us);
    if (isSlowing(id)) return this.language.count('problems.cost.waited', cost.spins, { waited });
    const lost = money(cost.failed_stakes, this.session.currency());
    return this.language.count('problems.cost.lost', cost.spins, { lost, waited });
  }

  /** What the speed of this machine changed; empty while it changed nothing. */
  private sizeOf({ id, observed }: ProblemView): string {
    if (observed?.size === undefined || observed.size_was === undefined) return '';
    const { number } = this.language.formats();
    const [size, before] = [number(observed.size), number(observed.size_was)];
    return id === 'missing-index' || id === 'slow-rng'
      ? this.say(`problems.size.${id}`, { size, before })
      : '';
  }

  private armedWords(armed: number, { state }: ProblemView): string {
    if (armed === 0) return '';
    const words = this.language.count('problems.armed', armed);
    return state === 'fixed' ? `${words}, ${this.say('problems.armedFixed')}` : words;
  }

  private problemsOf(release: ReleaseView): string {
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
