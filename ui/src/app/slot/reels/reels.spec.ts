import { ComponentFixture, TestBed } from '@angular/core/testing';

import { SymbolName } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { ResizeObserverDouble } from '../../testing/resize-observer-double';
import { Phase } from '../play/play';
import { Reels } from './reels';

const STRIP: SymbolName[] = ['seven', 'gem', 'bell', 'bar'];

describe('the reels', () => {
  let fixture: ComponentFixture<Reels>;
  let rested: number;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('matchMedia', () => ({ matches: false }));
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    // jsdom draws nothing.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    fixture = TestBed.createComponent(Reels);
    rested = 0;
    fixture.componentInstance.rested.subscribe(() => (rested += 1));
    fixture.componentRef.setInput(
      'strips',
      Array.from({ length: 5 }, () => STRIP),
    );
    fixture.componentRef.setInput('paylines', []);
    fixture.componentRef.setInput('wins', []);
    fixture.componentRef.setInput('turbo', false);
    fixture.componentRef.setInput('hurried', false);
    fixture.componentRef.setInput('target', {
      stops: [0, 0, 0, 0, 0],
      board: Array.from({ length: 5 }, () => STRIP.slice(0, 3)),
    });
    show('idle', 0);
  });
  afterEach(() => {
    fixture.destroy();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Waits for the next change detection, which does not see phases that came and went before it. */
  function show(phase: Phase, spin: number): void {
    fixture.componentRef.setInput('phase', phase);
    fixture.componentRef.setInput('spin', spin);
    fixture.detectChanges();
  }
  const moving = (): number =>
    (fixture.nativeElement as HTMLElement).querySelectorAll('.moving').length;

  it('turn while the spin runs and rest once after its answer', async () => {
    show('spinning', 1);
    expect(moving()).toBe(5);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(rested).toBe(0);
    show('stopping', 1);
    await vi.advanceTimersByTimeAsync(700);
    expect(rested).toBe(1);
    expect(moving()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rested).toBe(1);
  });

  it('rest although a hidden window gets no animation frames', async () => {
    vi.stubGlobal('requestAnimationFrame', () => 0);
    show('spinning', 1);
    await vi.advanceTimersByTimeAsync(500);
    show('stopping', 1);
    await vi.advanceTimersByTimeAsync(1_200);
    expect(rested).toBe(1);
    expect(moving()).toBe(0);
  });

  it('rest although the answer came before they had started', async () => {
    show('stopping', 1);
    await vi.advanceTimersByTimeAsync(200);
    expect(rested).toBe(1);
  });

  it('rest for each of two spins, even if nothing was seen between their answers', async () => {
    show('stopping', 1);
    await vi.advanceTimersByTimeAsync(200);
    show('stopping', 2);
    await vi.advanceTimersByTimeAsync(200);
    expect(rested).toBe(2);
  });

  it('stand still when the machine is at rest, whoever said so', async () => {
    show('spinning', 1);
    await vi.advanceTimersByTimeAsync(500);
    show('idle', 1);
    expect(moving()).toBe(0);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(rested).toBe(0);
  });
});
