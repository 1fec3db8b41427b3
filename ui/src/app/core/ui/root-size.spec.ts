import { keepRootSize, present, rootSize } from './root-size';

describe('the size of a rem', () => {
  const check = (asked: number, width: number, height: number, expected: number): void =>
    expect(rootSize(asked, width, height)).toBeCloseTo(expected, 1);

  it('is what the style sheet asks for while the layout has room', () => {
    check(16, 1280, 800, 16);
    check(43.2, 3840, 2160, 43.2);
    check(14, 1024, 640, 14);
  });

  it('leaves the layout its room where the page is enlarged', () => {
    // A maximised window of 1920×1040 at 144 dpi, and one of 1280×800 with a zoom of 125 %.
    check(20.8, 1280, 693, 17.3);
    check(16, 1024, 640, 16);
    check(42, 1920, 1060, 26.5);
  });

  it('stays legible where there is no room at all', () => {
    check(16, 640, 400, 14);
    check(14, 320, 200, 14);
  });

  it('follows the window', () => {
    const root = document.documentElement;
    const asked = document.head.appendChild(document.createElement('style'));
    asked.textContent = ':root { font-size: 40px }';
    vi.stubGlobal('innerWidth', 1280);
    vi.stubGlobal('innerHeight', 800);
    keepRootSize();
    expect(root.style.fontSize).toBe('20px');
    vi.stubGlobal('innerWidth', 4000);
    vi.stubGlobal('innerHeight', 4000);
    dispatchEvent(new Event('resize'));
    expect(root.style.fontSize).toBe('');
    present(true);
    expect(root.style.fontSize).toBe('50px');
    present(false);
    expect(root.style.fontSize).toBe('');
    asked.remove();
    vi.unstubAllGlobals();
  });
});
