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

/** Number of rows that PageUp and PageDown move, if the list does not know how many fit. */
const PAGE = 10;

/**
 * The keys of a list. If only the rows in sight are drawn (`rsVirtualRows` on the same element), the list itself has
 * the focus, and its keys work anywhere on the page. Otherwise each row is a control, and the keys work while a row has
 * the focus.
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
  /** Ids of the elements of all rows in order, including those that are not drawn. */
  readonly rsRowList = input.required<readonly string[]>();
  /** Id of the row that is active at first, once it exists; without effect after a key was pressed. */
  readonly startsAt = input('');
  /** Enter was pressed at the row with this index. */
  readonly entered = output<number>();

  private readonly box = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly virtual = inject(VirtualRows, { self: true, optional: true });
  /** The id and not the index, because rows are inserted and removed above it. */
  private readonly activeId = signal<string | null>(null);
  /** Index of the active row; -1 if there is none. */
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
      // The box cannot be scrolled before the rows are drawn.
      afterNextRender({ write: () => this.virtual?.reveal(at) }, { injector });
    });
  }

  /** Makes no row active and scrolls to the first one. */
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
