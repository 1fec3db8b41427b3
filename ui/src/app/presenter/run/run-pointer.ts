import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { ScriptRun } from './script-run';

/** The pointer of a script that plays itself, unless a person has theirs at work. It takes no click, and says nothing to a screen reader. */
@Component({
  selector: 'rs-run-pointer',
  template: `
    @if (shown(); as point) {
      <div
        class="pointer"
        data-test="run-pointer"
        aria-hidden="true"
        [class.pressed]="run.pressed()"
        [style.transform]="'translate(' + point.x + 'px, ' + point.y + 'px)'"
        [style.transition-duration.ms]="point.ms"
      >
        <i></i>
        <svg viewBox="0 0 24 24"><path d="M3 2v17l4.6-4.2 3 6.9 3.2-1.4-3-6.7 6.4-.4z" /></svg>
      </div>
    }
  `,
  styles: `
    .pointer {
      position: fixed;
      z-index: 9;
      top: 0;
      left: 0;
      pointer-events: none;
      transition: transform ease-in-out;
    }
    svg {
      position: absolute;
      width: 2.4rem;
      height: 2.4rem;
      top: -0.2rem;
      left: -0.3rem;
      fill: var(--text);
      stroke: var(--glass);
      stroke-width: 1.4;
      filter: drop-shadow(0 0.1rem 0.3rem var(--shadow-deep));
    }
    i {
      position: absolute;
      width: 3.4rem;
      height: 3.4rem;
      top: -1.7rem;
      left: -1.7rem;
      border: 0.2rem solid var(--gold);
      border-radius: 50%;
      opacity: 0;
      transform: scale(0.3);
      transition: 0.25s;
    }
    .pressed i {
      opacity: 1;
      transform: none;
    }
    @media (prefers-reduced-motion: reduce) {
      .pointer,
      i {
        transition: none;
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunPointer {
  protected readonly run = inject(ScriptRun);
  protected readonly shown = computed(() => (this.run.held() ? null : this.run.pointer()));
}
