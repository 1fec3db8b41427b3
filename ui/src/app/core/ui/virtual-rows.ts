import {
  ApplicationRef,
  DestroyRef,
  Directive,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  inject,
  input,
  signal,
} from '@angular/core';

/** Number of rows that are drawn beyond each edge, so that fast scrolling shows no blank area. */
const BEYOND = 8;
/** What a person scrolls with, or drags a scroll bar. */
const TOUCHES = ['wheel', 'pointerdown', 'touchstart', 'keydown'];

/** The rows to draw of `count`, from `first` inclusive to `last` exclusive. All lengths are in pixels. */
export function windowOf(
  top: number,
  height: number,
  row: number,
  count: number,
): { first: number; last: number } {
  const first = Math.max(0, Math.min(count, Math.floor(top / row) - BEYOND));
  const last = Math.min(count, Math.ceil((top + height) / row) + BEYOND);
  return { first, last: Math.max(first, last) };
}

/**
 * A scrolling box of rows of equal height that draws only the rows in sight. Its first child is a header of `headRem`
 * that stays in sight.
 */
@Directive({
  selector: '[rsVirtualRows]',
  exportAs: 'virtualRows',
  // `follow` keeps rows in place; the browser's scroll anchoring would move them a second time.
  host: { '[style.overflow-anchor]': '"none"' },
})
export class VirtualRows {
  /** Number of rows. */
  readonly rsVirtualRows = input.required<number>();
  /** Heights in rem, because a rem depends on the window. */
  readonly rowRem = input(1.9);
  readonly headRem = input(0);

  private readonly app = inject(ApplicationRef);
  private readonly injector = inject(Injector);
  private readonly box = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly top = signal(0);
  private readonly height = signal(0);
  private readonly rem = signal(16);
  private frame = 0;
  /** Index of the row that was revealed, until the person scrolls; it stays in sight when the box, a rem or the rows change. */
  private wanted: number | null = null;
  private placed = 0;
  /** Whether the person could have scrolled since then. */
  private isTouched = false;

  readonly row = computed(() => this.rowRem() * this.rem());
  private readonly view = computed(
    () => windowOf(this.top(), this.height(), this.row(), this.rsVirtualRows()),
    {
      equal: (one, other) => one.first === other.first && one.last === other.last,
    },
  );
  readonly first = computed(() => this.view().first);
  readonly last = computed(() => this.view().last);
  /** Height of all rows, in pixels. */
  readonly whole = computed(() => this.rsVirtualRows() * this.row());
  /** Distance of the first drawn row from the top, in pixels. */
  readonly offset = computed(() => this.first() * this.row());
  readonly atTop = computed(() => this.top() < this.row() / 2);
  /** Number of rows that fit, less one. */
  readonly page = computed(() =>
    Math.max(1, Math.floor((this.height() - this.headRem() * this.rem()) / this.row()) - 1),
  );

  constructor() {
    const observer = new ResizeObserver(() => this.measure());
    afterNextRender(() => {
      this.measure();
      observer.observe(this.box);
    });
    // Not a host binding, because that would check the whole page with every event, even if no other row comes into
    // sight.
    const scrolled = (): void => this.scrolled();
    this.box.addEventListener('scroll', scrolled, { passive: true });
    const touched = (): void => void (this.isTouched = true);
    for (const each of TOUCHES) this.box.addEventListener(each, touched, { passive: true });
    inject(DestroyRef).onDestroy(() => {
      this.box.removeEventListener('scroll', scrolled);
      for (const each of TOUCHES) this.box.removeEventListener(each, touched);
      observer.disconnect();
      cancelAnimationFrame(this.frame);
    });
  }

  /** Of all rows, those to draw. */
  inSight<T>(rows: readonly T[]): readonly T[] {
    return rows.slice(this.first(), this.last());
  }

  /** Whether a row is drawn; an element must not refer to one that is not. */
  draws(index: number): boolean {
    return index >= this.first() && index < this.last();
  }

  /** Scrolls to a row, no further than needed. */
  reveal(index: number): void {
    if (index < 0) return;
    this.wanted = index;
    this.isTouched = false;
    const head = this.headRem() * this.rem();
    const from = index * this.row();
    const to = from + this.row() - (this.box.clientHeight - head);
    const { scrollTop } = this.box;
    if (from < scrollTop) this.box.scrollTop = from;
    // Only whole rows stand below the header, because half a row is illegible.
    else if (to > scrollTop) this.box.scrollTop = Math.ceil(to / this.row()) * this.row();
    this.placed = this.box.scrollTop;
    this.top.set(this.placed);
  }

  /**
   * Keeps the visible rows in place after rows were inserted or removed. `where` maps an old index to the new one.
   * `read` is the old index of the row that is read, or -1; then the first visible row stays, unless the list is at its
   * top.
   */
  follow(where: (index: number) => number | undefined, read: number): void {
    const { scrollTop } = this.box;
    const row = this.row();
    const first = Math.ceil(scrollTop / row);
    const last = Math.floor(
      (scrollTop + this.box.clientHeight - this.headRem() * this.rem()) / row,
    );
    const inSight = Array.from({ length: Math.max(last - first, 0) }, (_, index) => first + index);
    const candidates = inSight.includes(read) ? [read] : [];
    if (scrollTop > 0) candidates.push(...inSight);
    if (this.wanted !== null) this.wanted = where(this.wanted) ?? null;
    for (const before of candidates) {
      const after = where(before);
      if (after === undefined) continue;
      if (after !== before) this.scrollTo(scrollTop + (after - before) * row);
      break;
    }
    // Rows may have come between the one that stays and the one that was revealed.
    this.revealAgain();
  }

  toTop(): void {
    this.wanted = null;
    this.box.scrollTop = 0;
    this.top.set(0);
  }

  /** Draws the rows at this position at once; the box is scrolled when it has its new height. */
  private scrollTo(top: number): void {
    this.top.set(Math.max(top, 0));
    const scroll = (): void => {
      this.box.scrollTop = top;
      this.placed = this.box.scrollTop;
      this.top.set(this.placed);
    };
    afterNextRender({ write: scroll }, { injector: this.injector });
  }

  /** Handles all scroll events of a frame together, and draws in the same frame. */
  private scrolled(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      const { scrollTop, scrollHeight, clientHeight } = this.box;
      // A box that has become higher is scrolled back by the browser, also if it is so for a moment only.
      const isAtEnd = scrollTop >= scrollHeight - clientHeight - 1;
      const isSetBack = scrollTop < this.placed && (isAtEnd || !this.isTouched);
      if (isSetBack) this.revealAgain();
      else if (scrollTop !== this.placed) this.wanted = null;
      const before = this.view();
      this.top.set(scrollTop);
      if (this.view() !== before) this.app.tick();
    });
  }

  private measure(): void {
    this.rem.set(parseFloat(getComputedStyle(document.documentElement).fontSize) || 16);
    this.height.set(this.box.clientHeight);
    this.top.set(this.box.scrollTop);
    this.revealAgain();
  }

  private revealAgain(): void {
    if (this.wanted === null) return;
    // The box gets its new height only when the page is drawn, and cannot be scrolled beyond the old one before.
    const again = (): void => {
      if (this.wanted !== null) this.reveal(this.wanted);
    };
    afterNextRender({ write: again }, { injector: this.injector });
  }
}
