import { ChangeDetectionStrategy, Component, computed, effect, inject } from '@angular/core';

import { PROBLEM_IDS, ProblemId, isSlowing } from '../../core/api/parts';
import { RoundsStore } from '../../core/api/rounds-store';
import { Language } from '../../core/i18n/language';
import { Address } from '../../core/ui/address';
import { comparePath } from '../../core/ui/trace-place';
import { FaultStore } from '../../faults/fault-store';
import { Reason, reasonsOf } from './explain';
import { FollowedSpin } from './followed-spin';
import { Play } from '../play/play';
import { sameBoard } from '../play/strip-window';

/** Where the time of the last spin went, in one sentence with the fix of what took it. */
@Component({
  selector: 'rs-spin-explanation',
  template: `
    <p data-test="explanation">{{ words() }}</p>
    @if (action(); as action) {
      @switch (action.what) {
        @case ('fix') {
          <button
            type="button"
            class="quiet"
            data-test="explained-fix"
            [disabled]="action.disabled"
            (click)="faults.toggle(action.id)"
          >
            {{ action.words }}
          </button>
        }
        @case ('repeat') {
          <span class="fixed">✓ {{ say('spin.fixed') }}</span>
          <button type="button" class="quiet" data-test="explained-repeat" (click)="repeat()">
            {{ say('problems.next.doRepeat') }}
          </button>
        }
        @case ('compare') {
          <a
            class="quiet"
            data-test="explained-compare"
            [href]="action.href"
            (click)="address.follow($event, action.href)"
            >{{ say('problems.next.doCompare') }} →</a
          >
        }
      }
    }
  `,
  styleUrl: './spin-explanation.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpinExplanation {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  private readonly rounds = inject(RoundsStore);
  protected readonly faults = inject(FaultStore);
  protected readonly address = inject(Address);
  protected readonly say = this.language.say;

  private readonly reasons = computed(() => {
    const layout = this.spin.layout();
    const summary = this.spin.summary();
    return layout && summary ? reasonsOf(layout, summary) : [];
  });
  private readonly failedAt = computed(() =>
    this.spin.layout() && this.play.hasFailed()
      ? this.spin.path().find(({ state }) => state === 'failed')
      : undefined,
  );
  /** The problems that explain this spin, the one that matters most first. */
  private readonly problems = computed((): ProblemId[] => {
    const then = this.failedAt() ? (this.spin.summary()?.problems ?? []) : [];
    const failing = PROBLEM_IDS.filter((id) => !isSlowing(id) && then.includes(id));
    const slow = this.reasons().flatMap(({ problem }) => (problem === null ? [] : [problem]));
    return [...failing, ...slow];
  });
  private readonly round = computed(() => {
    const [spin] = this.play.recent();
    return this.rounds.rounds().find(({ round_id, board }) => board && round_id === spin?.roundId);
  });
  private readonly isRepeat = computed(
    () => this.spin.layout() !== null && this.spin.before() !== null,
  );
  /** Whether the repeated round ended as before, by the records of both. */
  private readonly isSame = computed(() => {
    const outcome = this.play.outcome();
    const of = this.play.repeats().find(({ roundId }) => roundId === outcome?.round_id)?.of;
    const first = this.rounds.rounds().find(({ round_id }) => round_id === of);
    if (!outcome || !first?.board) return false;
    return first.payout === outcome.payout && sameBoard(first.board, outcome.board);
  });

  protected readonly words = computed(() => {
    const failed = this.failedAt();
    if (failed) {
      const name = this.say(`viewer.path.names.${failed.name}`);
      return this.say('spin.explain.failed', { name });
    }
    const [one, two] = this.reasons();
    if (one) return this.sentence(one, two);
    if (this.isRepeat() && this.isSame()) return this.say('spin.sameBoard');
    return this.reelsWords();
  });
  protected readonly action = computed(() => {
    if (this.play.phase() !== 'idle') return null;
    const board = this.faults.board();
    const views = this.problems().flatMap(
      (id) => board?.problems.filter((problem) => problem.id === id) ?? [],
    );
    const open = views.find(({ state }) => state === 'on');
    if (open) {
      const { id } = open;
      // The index cannot be created while players are.
      const isLocked = id === 'missing-index' && !board?.ready;
      const disabled = isLocked || Boolean(open.switching) || this.faults.busy().has(id);
      return { what: 'fix', id, words: this.say(`problems.fix.${id}`), disabled } as const;
    }
    const isFixed = views.some(({ state }) => state === 'fixed');
    if (isFixed && this.round()) return { what: 'repeat' } as const;
    const { repeats = null, traceId = null } = this.play.last() ?? {};
    if (!this.isRepeat() || repeats === null || traceId === null) return null;
    return { what: 'compare', href: comparePath(repeats, traceId) } as const;
  });

  constructor() {
    effect((onCleanup) => {
      if (this.problems().length > 0) onCleanup(this.faults.watch());
    });
  }

  protected repeat(): void {
    const round = this.round();
    if (round) this.play.repeat(round);
  }

  private sentence(one: Reason, two: Reason | undefined): string {
    const { percent } = this.language.formats();
    const shareOf = ({ share }: Reason): string => percent(share * 100, 0);
    const params = { share: shareOf(one), what: this.what(one) };
    return two
      ? this.say('spin.explain.two', {
          ...params,
          otherShare: shareOf(two),
          otherWhat: this.what(two),
        })
      : this.say('spin.explain.one', params);
  }

  private what({ station, problem, scanned }: Reason): string {
    const inStation = { name: this.say(`viewer.path.names.${station}`) };
    if (problem === null) return this.say('spin.explain.in', inStation);
    if (problem !== 'missing-index') return this.say(`spin.explain.${problem}`);
    return scanned === null
      ? this.say('spin.explain.in', inStation)
      : this.language.count('spin.explain.missing-index', scanned);
  }

  private reelsWords(): string {
    const [spin] = this.play.recent();
    const { roundTripMs = null, totalMs = null } = spin ?? {};
    if (this.play.phase() !== 'idle' || roundTripMs === null || totalMs === null) return '';
    const reels = this.language.formats().duration(totalMs - roundTripMs);
    return this.say('spin.reels', { reels });
  }
}
