/** For specs: jsdom has no layout, so no element changes its size. */
export class ResizeObserverDouble {
  observe(): void {
    // No element changes its size here.
  }
  disconnect(): void {
    // There is nothing to disconnect.
  }
}
