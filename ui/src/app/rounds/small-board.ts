import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { Board } from '../core/api/parts';
import { ReelSymbol } from '../slot/reels/reel-symbol';

/** A board in the height of one or two lines of text. */
@Component({
  selector: 'rs-small-board',
  imports: [ReelSymbol],
  template: `
    @for (column of board(); track $index) {
      <div>
        @for (symbol of column; track $index) {
          <rs-symbol [name]="symbol" />
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: repeat(5, 1fr);
      gap: var(--space-2);
      padding: var(--space-3);
      border-radius: 0.6rem;
      background: var(--glass);
    }
    div {
      display: grid;
      gap: var(--space-2);
      padding: var(--space-2) 0;
      border-radius: 0.35rem;
      background: var(--box);
      justify-items: center;
    }
    rs-symbol {
      width: 2.1rem;
      height: 1.9rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SmallBoard {
  readonly board = input.required<Board>();
}
