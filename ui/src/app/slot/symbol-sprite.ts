import { ChangeDetectionStrategy, Component, ViewEncapsulation } from '@angular/core';

export const SPRITE_ID = 'symbol-sprite';

/**
 * The eight symbols, drawn for Reelscope in a box of 100 × 100: flat shapes, lit from above, one hue
 * each, so that they can be told apart from the back of a room and without their colours.
 */
@Component({
  selector: 'rs-symbol-sprite',
  templateUrl: './symbol-sprite.html',
  styles: `
    rs-symbol-sprite svg {
      position: absolute;
      width: 0;
      height: 0;
    }
  `,
  encapsulation: ViewEncapsulation.None,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SymbolSprite {}
