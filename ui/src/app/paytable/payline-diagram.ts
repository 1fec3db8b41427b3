import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { points } from '../slot/play/win-lines';

/** A payline as fifteen dots and the line through its cells. */
@Component({
  selector: 'rs-payline-diagram',
  template: `
    <svg viewBox="0 0 5 3" aria-hidden="true">
      @for (dot of dots(); track $index) {
        <rect
          [attr.x]="dot.reel + 0.14"
          [attr.y]="dot.row + 0.14"
          width="0.72"
          height="0.72"
          rx="0.16"
          [class.on]="dot.on"
        />
      }
      <polyline [attr.points]="line()" />
    </svg>
  `,
  styles: `
    svg {
      display: block;
      width: 100%;
    }
    rect {
      fill: var(--rail);
    }
    rect.on {
      fill: var(--gold-edge);
    }
    polyline {
      fill: none;
      stroke: var(--gold);
      stroke-width: 0.16;
      stroke-linejoin: round;
      stroke-linecap: round;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class PaylineDiagram {
  /** The row on each reel; 0 is the top row. */
  readonly rows = input.required<readonly number[]>();

  protected readonly line = computed(() => points(this.rows(), 0));
  protected readonly dots = computed(() =>
    this.rows().flatMap((passed, reel) =>
      [0, 1, 2].map((row) => ({ reel, row, on: row === passed })),
    ),
  );
}
