import { ChangeDetectionStrategy, Component, ViewEncapsulation } from '@angular/core';

export const SPRITE_ID = 'symbol-sprite';

/**
 * The eight symbols, drawn for Reelscope in a box of 100 × 100. Their flat shapes have one hue each and can be
 * distinguished from a distance and without colours.
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
