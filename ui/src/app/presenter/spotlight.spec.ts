import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Spot } from '../core/api/schema';
import { OpenTrace } from '../core/ui/open-trace';
import { SpotRows, offerSpotRow } from '../core/ui/spot-rows';
import { VirtualRows } from '../core/ui/virtual-rows';
import { ResizeObserverDouble } from '../testing/resize-observer-double';
import { PresentationStore } from './presentation/presentation-store';
import { Projector } from './presentation/projector';
import { Spotlight } from './spotlight';

const ROW_PX = 20;
const BOX_PX = 200;

/** A list of rows in the way of the page's own: the chosen row has the mark of a spot, and only rows in sight are drawn. */
@Component({
  selector: 'rs-rows',
  imports: [VirtualRows],
  template: `
    <div #rows="virtualRows" class="box" role="grid" [rsVirtualRows]="500" [rowRem]="1.25">
      @for (row of rows.inSight(all); track $index) {
        <p [attr.data-row]="row" [attr.data-spot]="row === chosen() ? mark : null"></p>
      }
    </div>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Rows {
  protected readonly all = Array.from({ length: 500 }, (_, row) => row);
  protected readonly mark = 'trace_row culprit newest_issue';
  readonly chosen = signal(0);
  readonly list = viewChild.required(VirtualRows);
}

@Component({
  imports: [Rows, Spotlight],
  template: '<rs-rows /><rs-spotlight />',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Page {}

describe('the light on what a line is about', () => {
  const spot = signal<Spot | null>(null);
  const resting = signal(false);
  const scrolledTo: string[] = [];
  let fixture: ComponentFixture<Page>;
  let rows: Rows;

  /** Where the browser would draw an element: rows below each other in a box that is scrolled. */
  function boxOf(element: Element): DOMRect {
    const box = element.closest('.box');
    if (!box) return new DOMRect(0, 0, 0, 0);
    if (element === box) return new DOMRect(0, 0, 300, BOX_PX);
    const row = Number(element.getAttribute('data-row'));
    return new DOMRect(0, row * ROW_PX - box.scrollTop, 300, ROW_PX);
  }

  beforeEach(async () => {
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    vi.stubGlobal('matchMedia', () => ({ matches: false }));
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (
      this: Element,
    ) {
      return boxOf(this);
    });
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(BOX_PX);
    Element.prototype.scrollIntoView = function (this: Element): void {
      scrolledTo.push(this.getAttribute('data-row') ?? '');
    };
    scrolledTo.length = 0;
    spot.set(null);
    resting.set(false);
    TestBed.configureTestingModule({
      providers: [
        {
          provide: PresentationStore,
          useValue: {
            underWay: signal(true),
            standing: computed(() => ({ line: { text: '', spot: spot() ?? undefined } })),
          },
        },
        { provide: Projector, useValue: { resting } },
      ],
    });
    fixture = TestBed.createComponent(Page);
    await fixture.whenStable();
    rows = fixture.debugElement.children[0]?.componentInstance as Rows;
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    Reflect.deleteProperty(Element.prototype, 'scrollIntoView');
  });

  /** Chooses a row and scrolls to it, as the lists do. */
  function choose(row: number): boolean {
    if (row < 0) return false;
    rows.chosen.set(row);
    rows.list().reveal(row);
    return true;
  }
  const lit = (): string | null => {
    const hole = (fixture.nativeElement as HTMLElement).querySelector<HTMLElement>(
      '[data-test="spotlight"]',
    );
    const box = (fixture.nativeElement as HTMLElement).querySelector('.box');
    if (!hole || !box) return null;
    return String((parseFloat(hole.style.top) + 6 + box.scrollTop) / ROW_PX);
  };
  const traceRow: Spot = { trace_row: { service: 'user-service' } };

  it('falls on a row of the trace wherever it is, and never on the row that was chosen before', async () => {
    TestBed.inject(OpenTrace).rows.set({ culprit: () => choose(480), row: () => choose(250) });
    spot.set(traceRow);
    await vi.waitFor(() => expect(lit()).toBe('250'));
    spot.set('culprit');
    await vi.waitFor(() => expect(lit()).toBe('480'));
    expect(scrolledTo).toEqual(['250', '480']);
  });

  it('falls on no row where the trace has none that is meant, and finds it once it comes', async () => {
    let found = -1;
    const looked = vi.fn(() => choose(found));
    TestBed.inject(OpenTrace).rows.set({ culprit: looked, row: looked });
    spot.set(traceRow);
    await vi.waitFor(() => expect(looked.mock.calls.length).toBeGreaterThan(1));
    expect([lit(), scrolledTo]).toEqual([null, []]);
    found = 333;
    await vi.waitFor(() => expect(lit()).toBe('333'));
  });

  it('falls on the row that a list offers, and follows where that becomes another one', async () => {
    let newest = 400;
    const end = TestBed.inject(SpotRows).offer('newest_issue', () => choose(newest));
    spot.set('newest_issue');
    await vi.waitFor(() => expect(lit()).toBe('400'));
    // The mark moves to a row that is not drawn.
    newest = 20;
    rows.chosen.set(20);
    await vi.waitFor(() => expect(lit()).toBe('20'));
    end();
  });

  it('goes out while somebody works on the page', async () => {
    TestBed.inject(SpotRows).offer('newest_issue', () => choose(100));
    spot.set('newest_issue');
    await vi.waitFor(() => expect(lit()).toBe('100'));
    resting.set(true);
    await fixture.whenStable();
    expect(lit()).toBeNull();
  });
});

describe('the rows that lists offer', () => {
  @Component({ template: '', changeDetection: ChangeDetectionStrategy.OnPush })
  class List {
    readonly brought = vi.fn(() => true);
    readonly rows = inject(SpotRows);

    constructor() {
      offerSpotRow('newest_trace', () => this.brought());
    }
  }

  it('are those of the list that is shown', () => {
    const rows = TestBed.inject(SpotRows);
    expect(rows.bring('newest_trace')).toBeNull();
    const [one, other] = [TestBed.createComponent(List), TestBed.createComponent(List)];
    one.destroy();
    expect(rows.bring('newest_trace')).toBe(true);
    expect(other.componentInstance.brought).toHaveBeenCalledTimes(1);
    other.destroy();
    expect(rows.bring('newest_trace')).toBeNull();
  });
});
