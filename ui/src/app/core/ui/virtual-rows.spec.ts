import { ChangeDetectionStrategy, Component, signal, viewChild } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import fc from 'fast-check';

import { ResizeObserverDouble } from '../../testing/resize-observer-double';
import { VirtualRows, windowOf } from './virtual-rows';

@Component({
  selector: 'rs-box',
  imports: [VirtualRows],
  template: `<div [rsVirtualRows]="count()"></div>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Box {
  readonly count = signal(3);
  readonly rows = viewChild.required(VirtualRows);
}

describe('a row that was revealed', () => {
  it('stays in sight when rows come between it and the first', async () => {
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    // Three rows of 30.4 px fit.
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(100);
    const fixture = TestBed.createComponent(Box);
    await fixture.whenStable();
    const rows = fixture.componentInstance.rows();
    const box = (fixture.nativeElement as HTMLElement).querySelector('div') ?? expect.fail();
    rows.reveal(2);
    expect(box.scrollTop).toBe(0);

    fixture.componentInstance.count.set(6);
    rows.follow((index) => (index === 0 ? 0 : index + 3), -1);
    await fixture.whenStable();
    expect(box.scrollTop).toBeCloseTo(3 * 30.4);
  });
});

describe('a box that was scrolled back', () => {
  it.each([
    { by: 'the browser', stays: 'where it was', touch: null, to: 3 * 30.4 },
    { by: 'the person', stays: 'there', touch: 'wheel', to: 20 },
  ])('by $by stays $stays', async ({ touch, to }) => {
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(100);
    vi.spyOn(Element.prototype, 'scrollHeight', 'get').mockReturnValue(400);
    const fixture = TestBed.createComponent(Box);
    fixture.componentInstance.count.set(12);
    await fixture.whenStable();
    const box = (fixture.nativeElement as HTMLElement).querySelector('div') ?? expect.fail();
    fixture.componentInstance.rows().reveal(5);
    if (touch !== null) box.dispatchEvent(new Event(touch));
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw));
    box.scrollTop = 20;
    box.dispatchEvent(new Event('scroll'));
    await new Promise((drawn) => setTimeout(drawn));
    TestBed.tick();
    expect(box.scrollTop).toBeCloseTo(to);
  });
});

describe('the rows that are drawn', () => {
  it('are all that are in sight, and not many more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 400_000 }),
        fc.integer({ min: 0, max: 2_000 }),
        fc.integer({ min: 10, max: 80 }),
        fc.integer({ min: 0, max: 10_000 }),
        (top, height, row, count) => {
          const { first, last } = windowOf(top, height, row, count);
          expect(first).toBeGreaterThanOrEqual(0);
          expect(last).toBeLessThanOrEqual(count);
          expect(last).toBeGreaterThanOrEqual(first);
          expect(last - first).toBeLessThanOrEqual(height / row + 20);
          const begun = Math.floor(top / row);
          const ended = Math.min(count, Math.ceil((top + height) / row));
          for (let index = begun; index < ended; index += 1) {
            expect(index).toBeGreaterThanOrEqual(first);
            expect(index).toBeLessThan(last);
          }
        },
      ),
    );
  });
});
