import { PressedControl } from './pressed-control';

describe('the space bar on a control that has the focus', () => {
  const page = document.createElement('div');
  page.innerHTML =
    '<button id="turbo"><svg></svg></button><button data-test="spin"></button><summary></summary><p></p><a href="/"></a>';
  const at = (css: string): Element | null => page.querySelector(css);
  const bar = (css: string, control: PressedControl): boolean =>
    control.owns({ code: 'Space', target: at(css) });

  it('presses it where the keyboard went there', () => {
    const control = new PressedControl();
    control.focusAt(at('#turbo'));
    expect(['#turbo', 'svg', 'summary'].map((css) => bar(css, control))).toEqual([
      true,
      true,
      true,
    ]);
    expect(control.owns({ code: 'KeyT', target: at('#turbo') })).toBe(false);
  });

  it('spins on SPIN, on a link, and where there is no control', () => {
    const control = new PressedControl();
    expect(['[data-test="spin"]', 'p', 'a'].map((css) => bar(css, control))).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('spins where the control was only clicked, until the focus has moved', () => {
    const control = new PressedControl();
    control.pointAt(at('svg'));
    control.focusAt(at('#turbo'));
    expect(bar('#turbo', control)).toBe(false);
    control.focusAt(at('summary'));
    control.focusAt(at('#turbo'));
    expect(bar('#turbo', control)).toBe(true);
  });
});
