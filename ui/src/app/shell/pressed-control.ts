/** Elements that the space bar presses while they have the focus. */
const PRESSABLE = 'button, summary, [role="button"], [role="slider"], [role="tab"]';
/** The button that the space bar presses anywhere in the window. */
const SPIN = '[data-test="spin"]';

/**
 * Decides whether the space bar presses the focused control or spins. A control that was focused by the keyboard gets
 * the key. A control that was clicked has the focus only because of the click, so the space bar spins.
 */
export class PressedControl {
  private clicked: Element | null = null;

  /** Called when a pointer is pressed. */
  pointAt(target: EventTarget | null): void {
    this.clicked = controlOf(target);
  }

  /** Called when an element gets the focus. The focus that follows a click belongs to the clicked control. */
  focusAt(target: EventTarget | null): void {
    if (controlOf(target) !== this.clicked) this.clicked = null;
  }

  /** Whether the key belongs to the focused control. */
  owns({ code, target }: Pick<KeyboardEvent, 'code' | 'target'>): boolean {
    if (code !== 'Space') return false;
    const control = controlOf(target);
    return control !== null && control !== this.clicked && !control.matches(SPIN);
  }
}

function controlOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest(PRESSABLE) : null;
}
