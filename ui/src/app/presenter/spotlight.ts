import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';

import { Spot } from '../core/api/schema';
import { OpenTrace } from '../core/ui/open-trace';
import { reducedMotion } from '../core/ui/reduced-motion';
import { PresentationStore } from './presentation/presentation-store';
import { Projector } from './presentation/projector';
import { Spots } from './presentation/spots';

/** Interval of following an element that moves without an event, in milliseconds. */
const FOLLOW_MS = 200;
/** Room between the element and the edge of the light, in pixels. */
const ROOM_PX = 6;

interface Hole {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Dims the page but for what the present line is about. It takes no click, and says nothing to a screen reader. */
@Component({
  selector: 'rs-spotlight',
  template: `
    @if (hole(); as hole) {
      <div
        class="hole"
        data-test="spotlight"
        aria-hidden="true"
        [style.left.px]="hole.left"
        [style.top.px]="hole.top"
        [style.width.px]="hole.width"
        [style.height.px]="hole.height"
      ></div>
    }
  `,
  styles: `
    .hole {
      position: fixed;
      z-index: 4;
      border: var(--hair) solid var(--gold);
      border-radius: 0.6rem;
      box-shadow: 0 0 0 300vmax var(--glass-veil);
      pointer-events: none;
      transition:
        left 0.25s,
        top 0.25s,
        width 0.25s,
        height 0.25s;
    }
    @media (prefers-reduced-motion: reduce) {
      .hole {
        transition: none;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(window:scroll)': 'follow()',
    '(window:resize)': 'follow()',
  },
})
export class Spotlight {
  private readonly store = inject(PresentationStore);
  private readonly projector = inject(Projector);
  private readonly trace = inject(OpenTrace);
  private readonly spots = inject(Spots);
  private readonly injector = inject(Injector);
  protected readonly hole = signal<Hole | null>(null, { equal: isSame });
  /** The spot of the present line, while nobody works on the page. */
  private readonly spot = computed(() => {
    if (!this.store.underWay() || this.projector.resting()) return null;
    return this.store.standing()?.line?.spot ?? null;
  });
  /** The spot whose row was brought into sight, and whether that is rendered. */
  private brought: { readonly spot: Spot; isDrawn: boolean } | null = null;
  /** The spot that was scrolled to. */
  private reached: Spot | null = null;

  constructor() {
    effect(() => {
      this.spot();
      // The rows of a trace come after its page.
      this.trace.rows();
      untracked(() => {
        this.reached = this.brought = null;
        this.follow();
      });
    });
    const timer = setInterval(() => this.follow(), FOLLOW_MS);
    const follow = (): void => this.follow();
    // Lists scroll inside of the page.
    document.addEventListener('scroll', follow, { capture: true, passive: true });
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      document.removeEventListener('scroll', follow, { capture: true });
    });
  }

  protected follow(): void {
    const spot = this.spot();
    if (spot === null || !this.isBrought(spot)) return this.hole.set(null);
    const element = this.spots.elementOf(spot);
    if (!element || !isInList(element)) {
      this.brought = null;
      return this.hole.set(null);
    }
    if (this.reached !== spot) {
      this.reached = spot;
      scrollTo(element);
    }
    this.hole.set(holeOf(element));
  }

  /**
   * Whether the row of a spot is drawn and in sight, if it is one. Until it is rendered, another row has its mark; a row
   * that does not exist yet is looked for again.
   */
  private isBrought(spot: Spot): boolean {
    if (this.brought?.spot === spot) return this.brought.isDrawn;
    const found = this.spots.bring(spot);
    if (found === false) return false;
    const brought = { spot, isDrawn: found === null };
    this.brought = brought;
    if (brought.isDrawn) return true;
    const read = (): void => {
      brought.isDrawn = true;
      if (this.brought === brought) this.follow();
    };
    afterNextRender({ read }, { injector: this.injector });
    return false;
  }
}

/** A row that is drawn beyond the edge of its list would be lit on top of other parts. */
function isInList(element: Element): boolean {
  const list = element.parentElement?.closest('[role="grid"], [role="treegrid"]');
  if (!list) return true;
  const { top, height } = element.getBoundingClientRect();
  const middle = top + height / 2;
  const box = list.getBoundingClientRect();
  return middle >= box.top && middle <= box.bottom;
}

/** A part of the page that scrolls by itself may hide what is in the window. */
function scrollTo(element: Element): void {
  const { top, bottom } = element.getBoundingClientRect();
  const block = top >= 0 && bottom <= innerHeight ? 'nearest' : 'center';
  const behavior = reducedMotion() ? 'auto' : 'smooth';
  element.scrollIntoView({ block, behavior });
}

function holeOf(element: Element): Hole {
  const { left, top, width, height } = element.getBoundingClientRect();
  return {
    left: Math.round(left - ROOM_PX),
    top: Math.round(top - ROOM_PX),
    width: Math.round(width + 2 * ROOM_PX),
    height: Math.round(height + 2 * ROOM_PX),
  };
}

function isSame(one: Hole | null, other: Hole | null): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
