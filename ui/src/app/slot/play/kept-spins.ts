import { Injectable, effect, inject, untracked } from '@angular/core';

import { Session } from '../../core/api/session';
import { keepInTab, keptInTab } from '../../core/api/tab-memory';
import { Play } from './play';
import { RecentSpin, Repeat } from './spin-history';

const NAME = 'spins';

interface Kept {
  readonly playerId: string;
  /** Begins of spins are relative to this time. */
  readonly timeOrigin: number;
  readonly recent: readonly RecentSpin[];
  readonly repeats: readonly Repeat[];
}

/** Keeps the last spins of this window for a reload of the page, and shows those that were kept. */
@Injectable({ providedIn: 'root' })
export class KeptSpins {
  private readonly play = inject(Play);

  constructor() {
    const session = inject(Session);
    let isRestored = false;
    effect(() => {
      const playerId = session.player()?.player_id;
      if (playerId === undefined) return;
      if (!isRestored) untracked(() => this.restore(playerId));
      isRestored = true;
      const [recent, repeats] = [this.play.recent(), this.play.repeats()];
      const { timeOrigin } = performance;
      keepInTab(NAME, { playerId, timeOrigin, recent, repeats } satisfies Kept);
    });
  }

  private restore(playerId: string): void {
    const kept = keptInTab(NAME) as Kept | null;
    if (kept?.playerId !== playerId) return;
    const moved = kept.timeOrigin - performance.timeOrigin;
    const at = (begunAt: number | null): number | null => begunAt && begunAt + moved;
    const known = this.play.recent();
    this.play.restore(
      kept.recent.map((spin) => {
        // An unfinished spin is followed already, without its trace.
        const { kind, change } = known.find(({ key }) => key === spin.key) ?? spin;
        return { ...spin, kind, change, begunAt: at(spin.begunAt) };
      }),
      kept.repeats.map((repeat) => ({ ...repeat, begunAt: repeat.begunAt + moved })),
    );
  }
}
