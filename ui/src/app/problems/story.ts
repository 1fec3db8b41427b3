import { Injectable, computed, effect, inject, signal, untracked } from '@angular/core';

import { ProblemId, SLOWED, isSlowing } from '../core/api/parts';
import { RoundsStore } from '../core/api/rounds-store';
import { keepInTab, keptInTab } from '../core/api/tab-memory';
import { Address } from '../core/ui/address';
import { placeAt } from '../core/ui/trace-place';
import { FaultStore } from '../faults/fault-store';
import { FollowedSpin } from '../slot/spin-path/followed-spin';
import { Play } from '../slot/play/play';
import { SpinLog } from '../spin-log/spin-log';
import { NewestSpin, nextStep } from './next-step';

/** Where the presenter is in the story: spin, look, fix, spin the same round again, compare. */
@Injectable({ providedIn: 'root' })
export class Story {
  private readonly play = inject(Play);
  private readonly rounds = inject(RoundsStore);
  private readonly faults = inject(FaultStore);
  private readonly spin = inject(FollowedSpin);
  private readonly log = inject(SpinLog);
  /** Ids of the traces that were opened in this window, also in a comparison. */
  private readonly opened = signal(keptIds('opened'));
  /** Pairs of traces whose comparison was opened. */
  private readonly compared = signal(keptIds('compared'));

  /** The last spin, if its round can be spun again. */
  private readonly last = computed(() => {
    const [spin] = this.play.recent();
    const round = this.rounds.rounds().find(({ round_id }) => round_id === spin?.roundId);
    if (!round?.board || !spin || spin.begunAt === null) return null;
    return { roundId: round.round_id, begunAt: spin.begunAt, round };
  });
  /** Shares of the newest spin of this window, by problem. */
  readonly shares = computed((): ReadonlyMap<ProblemId, number> => {
    const found = new Map<ProblemId, number>();
    const shares = this.spin.layout()?.shares ?? [];
    const then: readonly string[] = this.spin.summary()?.problems ?? [];
    for (const problem of this.faults.board()?.problems ?? []) {
      if (problem.state !== 'on' || !isSlowing(problem.id)) continue;
      // A spin from before the problem was on says nothing about it.
      if (!then.includes(problem.id)) continue;
      const slowed = SLOWED[problem.id];
      const share = shares.find(({ actor }) => actor === slowed);
      if (share) found.set(problem.id, share.share);
    }
    return found;
  });
  private readonly newest = computed((): NewestSpin | null => {
    const answeredAt = this.faults.board()?.answeredAt ?? 0;
    const own = this.play.recent()[0];
    if (own && own.begunAt !== null)
      return this.newestOf(own.traceId, answeredAt - own.begunAt, this.shares());
    const logged = this.log.newest();
    if (!logged) return null;
    const wall = performance.timeOrigin + answeredAt;
    return this.newestOf(logged.traceId, wall - logged.start / 1_000, new Map());
  });

  /** The trace of the newest spin of a person. */
  readonly traceId = computed(() => this.play.traceId() ?? this.log.newest()?.traceId ?? null);
  /** Null while a spin runs, and while the state of the problems is unknown. */
  readonly step = computed(() => {
    const board = this.faults.board();
    if (!board || this.play.phase() !== 'idle') return null;
    const repeated = this.play.repeats()[0] ?? null;
    return nextStep({
      problems: board.problems,
      answeredAt: board.answeredAt,
      newest: this.newest(),
      last: this.last(),
      repeated,
      compared: repeated !== null && this.compared().has(pairOf(repeated)),
    });
  });

  constructor() {
    this.log.follow();
    effect(() => keepInTab('opened', [...this.opened()]));
    effect(() => keepInTab('compared', [...this.compared()]));
    const address = inject(Address);
    effect(() => {
      const place = placeAt(address.path());
      if (!address.path().startsWith('/traces') || place.what === 'list') return;
      const ids = place.what === 'trace' ? [place.id] : [place.before, place.after];
      untracked(() => {
        this.opened.update((all) => new Set([...all, ...ids]));
        if (place.what === 'compare')
          this.compared.update((all) => new Set([...all, pairOf(place)]));
      });
    });
  }

  /** Spins the last round again, if it can be. */
  repeat(): void {
    const last = this.last();
    if (last) this.play.repeat(last.round);
  }

  private newestOf(
    traceId: string | null,
    msAgo: number,
    shares: ReadonlyMap<ProblemId, number>,
  ): NewestSpin {
    return { traceId, msAgo, shares, looked: traceId !== null && this.opened().has(traceId) };
  }
}

/** What was kept before a reload of the page. */
function keptIds(name: string): ReadonlySet<string> {
  const kept = keptInTab(name);
  return new Set(Array.isArray(kept) ? (kept as string[]) : []);
}

function pairOf({ before, after }: { before: string; after: string }): string {
  return `${before} ${after}`;
}
