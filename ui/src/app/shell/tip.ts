import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';

import { tipOf } from '../core/ui/tips';

/** Time for which a row must stay active before its tooltip appears, in milliseconds. */
const REST_MS = 600;
/** Distance of the tooltip from its element and from the edges of the window, in pixels. */
const GAP = 6;

/** Shows the tooltip of an element that got the focus by keyboard, until Escape is pressed. */
@Component({
  selector: 'rs-tip',
  template: `
    <div
      #box
      role="tooltip"
      data-test="tip"
      aria-hidden="true"
      [hidden]="lines().length === 0"
      [style.left.px]="place().left"
      [style.top.px]="place().top"
    >
      @for (line of lines(); track $index) {
        <p>{{ line }}</p>
      }
    </div>
  `,
  styles: `
    div {
      position: fixed;
      z-index: 20;
      width: max-content;
      max-width: min(30rem, 90vw);
      padding: var(--space-4) var(--space-7);
      border: 1px solid var(--edge);
      border-radius: 0.6rem;
      background: var(--track);
      color: var(--text);
      font-size: 0.8rem;
      overflow-wrap: anywhere;
      box-shadow: 0 0.6rem 1.6rem var(--shadow);
    }
    [hidden] {
      display: none;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: {
    '(document:focusin)': 'come($event.target)',
    '(document:focusout)': 'hide()',
    '(document:pointerdown)': 'hide()',
    '(document:keydown.escape)': 'hide()',
    '(document:keyup)': 'walk($event.target)',
  },
})
export class Tip {
  private readonly box = viewChild.required<ElementRef<HTMLElement>>('box');
  protected readonly lines = signal<readonly string[]>([]);
  protected readonly place = signal({ left: 0, top: 0 });
  private timer: ReturnType<typeof setTimeout> | undefined;
  private row: string | null = null;
  private anchor: Element | null = null;

  constructor() {
    // The browser scrolls to a focused element, which moves the tooltip.
    const moved = (): void => this.put();
    addEventListener('scroll', moved, { capture: true, passive: true });
    addEventListener('resize', moved);
    inject(DestroyRef).onDestroy(() => {
      removeEventListener('scroll', moved, { capture: true });
      removeEventListener('resize', moved);
      clearTimeout(this.timer);
    });
  }

  protected come(target: EventTarget | null): void {
    if (target instanceof Element && target.matches(':focus-visible')) this.show(target);
  }

  /** A list keeps the focus while its active row changes. */
  protected walk(target: EventTarget | null): void {
    const row = target instanceof Element ? target.getAttribute('aria-activedescendant') : null;
    if (row === this.row) return;
    this.hide();
    this.row = row;
    if (row === null) return;
    this.timer = setTimeout(() => {
      const found = document.getElementById(row);
      if (found && this.row === row) this.show(found);
    }, REST_MS);
  }

  protected hide(): void {
    clearTimeout(this.timer);
    this.row = null;
    this.anchor = null;
    if (this.lines().length > 0) this.lines.set([]);
  }

  private show(element: Element): void {
    this.lines.set(tipOf(element));
    this.anchor = element;
    this.put();
  }

  private put(): void {
    if (this.anchor === null || this.lines().length === 0) return;
    const { left, top, bottom } = this.anchor.getBoundingClientRect();
    this.place.set({ left, top: bottom + GAP });
    // The size of the tooltip is known once it is drawn.
    requestAnimationFrame(() => {
      const { width, height } = this.box().nativeElement.getBoundingClientRect();
      const below = bottom + GAP + height + GAP <= innerHeight;
      this.place.set({
        left: Math.max(GAP, Math.min(left, innerWidth - width - GAP)),
        top: below ? bottom + GAP : Math.max(GAP, top - GAP - height),
      });
    });
  }
}
