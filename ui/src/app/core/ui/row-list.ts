import {
  Directive,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';

import { isTaken, rowAfter } from './row-keys';
import { VirtualRows } from './virtual-rows';

/** Rows that a page key leads over where nothing says how many fit. */
const PAGE = 10;

/**
 * The keys of a list. Where rows are drawn as they come into sight (`rsVirtualRows` on the same element) the list has the
 * focus, and its keys are those of the whole page; else each row is a control that takes the focus, and has them then.
 */
@Directive({
  selector: '[rsRowList]',
  exportAs: 'rowList',
  host: {
    '[attr.aria-activedescendant]': 'described()',
    '(document:keydown)': 'press($event)',
  },
})
export class RowList {
  /** Ids of the elements of all rows, in their order; also of those that are not drawn. */
  readonly rsRowList = input.required<readonly string[]>();
  /** Id of the row that the keyboard begins at, as soon as it is there and unless a key was pressed before. */
  readonly startsAt = input('');
  /** Enter was pressed at the row of this index. */
  readonly entered = output<number>();

  private readonly box = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly virtual = inject(VirtualRows, { self: true, optional: true });
  /** By its id: rows come and go above it. */
  private readonly activeId = signal<string | null>(null);
  /** Index of the row that the keyboard is at; -1 before the first key. */
  readonly active = computed(() => {
    const id = this.activeId();
    return id === null ? -1 : this.rsRowList().indexOf(id);
  });
  protected readonly described = computed(() =>
    this.virtual?.draws(this.active()) ? this.activeId() : null,
  );

  constructor() {
    const injector = inject(Injector);
    const start = effect(() => {
      const at = this.rsRowList().indexOf(this.startsAt());
      if (at < 0) return;
      start.destroy();
      if (untracked(this.activeId) !== null) return;
      this.activeId.set(this.startsAt());
      // There is nothing to scroll before the rows are drawn.
      afterNextRender({ write: () => this.virtual?.reveal(at) }, { injector });
    });
  }

  /** The keyboard is at no row any more, and the first is in sight. */
  toTop(): void {
    this.activeId.set(null);
    this.virtual?.toTop();
  }

  protected press(event: KeyboardEvent): void {
    const { target } = event;
    const focused = target instanceof Element ? this.rsRowList().indexOf(target.id) : -1;
    if (!this.virtual && focused < 0) return;
    if (isTaken(event, focused < 0 ? null : target)) return;
    const at = this.virtual ? this.active() : focused;
    const to = rowAfter(event, at, this.rsRowList().length, this.virtual?.page() ?? PAGE);
    const id = this.rsRowList()[to ?? at];
    if (id === undefined || (to === null && (event.key !== 'Enter' || !this.virtual))) return;
    event.preventDefault();
    if (to === null) this.entered.emit(at);
    else this.moveTo(to, id);
  }

  private moveTo(index: number, id: string): void {
    this.activeId.set(id);
    if (!this.virtual) return document.getElementById(id)?.focus();
    this.box.focus({ preventScroll: true });
    this.virtual.reveal(index);
  }
}
