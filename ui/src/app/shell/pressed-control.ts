/** What the space bar presses by itself while it has the focus. */
const PRESSABLE = 'button, summary, [role="button"], [role="slider"], [role="tab"]';
/** The button that the space bar stands for in the whole window. */
const SPIN = '[data-test="spin"]';

/**
 * Whose the space bar is. A control that was reached by the keyboard keeps it; one that was only clicked has the focus
 * by accident, and the bar spins, as it does everywhere.
 */
export class PressedControl {
  private clicked: Element | null = null;

  /** A pointer went down there. */
  pointAt(target: EventTarget | null): void {
    this.clicked = controlOf(target);
  }

  /** The focus went there by whatever way; a click's own is that of what was clicked. */
  focusAt(target: EventTarget | null): void {
    if (controlOf(target) !== this.clicked) this.clicked = null;
  }

  /** Whether the key presses what has the focus. */
  owns({ code, target }: Pick<KeyboardEvent, 'code' | 'target'>): boolean {
    if (code !== 'Space') return false;
    const control = controlOf(target);
    return control !== null && control !== this.clicked && !control.matches(SPIN);
  }
}

function controlOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest(PRESSABLE) : null;
}
