import { painted } from './painted';

describe('what waits for the page to be painted', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('comes in a task after the callbacks of the next frame', async () => {
    const frames: (() => void)[] = [];
    vi.stubGlobal('requestAnimationFrame', (frame: () => void) => frames.push(frame));
    const steps: string[] = [];
    void painted().then(() => steps.push('painted'));
    await vi.advanceTimersByTimeAsync(50);
    expect(steps).toEqual([]);

    frames.forEach((frame) => frame());
    steps.push('laid out');
    await vi.advanceTimersByTimeAsync(1);

    expect(steps).toEqual(['laid out', 'painted']);
  });

  it('comes in a window that is hidden and gets no frames', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    const steps: string[] = [];
    void painted().then(() => steps.push('painted'));
    await vi.advanceTimersByTimeAsync(250);
    expect(steps).toEqual(['painted']);
  });
});
