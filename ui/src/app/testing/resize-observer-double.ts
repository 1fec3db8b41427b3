/** For specs: jsdom has no layout, so that nothing ever changes its size. */
export class ResizeObserverDouble {
  observe(): void {
    // Nothing changes its size here.
  }
  disconnect(): void {
    // Nor does anything end.
  }
}
