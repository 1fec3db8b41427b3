import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';

import { Address } from '../core/ui/address';
import { linesOf, tipOf, tipped } from '../core/ui/tips';

/** Time for which a row must stay active before its tooltip appears, in milliseconds. */
const REST_MS = 600;
/** Time for which the pointer must stay before a tooltip appears, in milliseconds. */
const HOVER_MS = 120;
/** Time that the pointer has to move from an element to its tooltip, in milliseconds. */
const LEAVE_MS = 150;
/** Distance of the tooltip from its element and from the edges of the window, in pixels. */
const GAP = 6;
/** An element that is wider than this, in pixels, has its tooltip at the pointer. */
const WIDE = 320;

/**
 * Shows the tooltip of the element under the pointer, or of one that got the focus by keyboard, until the pointer or the
 * focus leaves, something is pressed, or another page is opened.
 */
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
      max-width: min(26rem, 90vw);
      padding: var(--space-4) var(--space-7);
      border: var(--hair) solid var(--edge);
      border-radius: 0.6rem;
      background: var(--panel);
      color: var(--text);
      font-size: 0.85rem;
      line-height: 1.4;
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
    '(document:pointerover)': 'hover($event)',
    '(document:pointerdown)': 'hide()',
    '(document:keydown)': 'press($event)',
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
  /** The element with a tooltip that the pointer is on. */
  private hovered: HTMLElement | null = null;
  private pointerX = 0;

  constructor() {
    const address = inject(Address);
    effect(() => {
      address.path();
      this.hide();
    });
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

  /** The pointer may move onto the tooltip, so that a long one can be read and copied. */
  protected hover({ target, clientX, pointerType }: PointerEvent): void {
    if (pointerType === 'touch' || !(target instanceof Element)) return;
    this.pointerX = clientX;
    const onTip = this.box().nativeElement.contains(target);
    const over = onTip ? this.hovered : tipped(target);
    if (over === this.hovered) {
      if (onTip) clearTimeout(this.timer);
      return;
    }
    const left = this.hovered;
    this.hovered = over;
    clearTimeout(this.timer);
    if (over) this.timer = setTimeout(() => this.showHovered(over), HOVER_MS);
    else if (this.anchor === left) this.timer = setTimeout(() => this.hide(), LEAVE_MS);
  }

  /** A key that does something may change what the tooltip is about; one that only moves the focus shows another. */
  protected press({ key }: KeyboardEvent): void {
    if (key === 'Escape' || key === 'Enter' || key === ' ' || this.anchor === this.hovered)
      this.hide();
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
    if (untracked(this.lines).length > 0) this.lines.set([]);
  }

  private showHovered(element: HTMLElement): void {
    if (!element.isConnected || this.hovered !== element) return;
    this.lines.set(linesOf([element]));
    this.anchor = element;
    this.put();
  }

  private show(element: Element): void {
    this.lines.set(tipOf(element));
    this.anchor = element;
    this.put();
  }

  private put(): void {
    if (this.anchor === null || this.lines().length === 0) return;
    if (!this.anchor.isConnected) return this.hide();
    const { left, top, bottom, width: wide } = this.anchor.getBoundingClientRect();
    const start = wide > WIDE && this.anchor === this.hovered ? this.pointerX : left;
    this.place.set({ left: start, top: bottom + GAP });
    // The size of the tooltip is known once it is drawn.
    requestAnimationFrame(() => {
      const { width, height } = this.box().nativeElement.getBoundingClientRect();
      const below = bottom + GAP + height + GAP <= innerHeight;
      this.place.set({
        left: Math.max(GAP, Math.min(start, innerWidth - width - GAP)),
        top: below ? bottom + GAP : Math.max(GAP, top - GAP - height),
      });
    });
  }
}
