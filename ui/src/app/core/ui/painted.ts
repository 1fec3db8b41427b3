/** A hidden window gets no animation frames. */
const FRAMES_MISSING_MS = 200;

/**
 * Once what the page shows now is on the screen, or no frame has come for a while: what can wait does not keep it from there.
 */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FRAMES_MISSING_MS);
    // A frame is painted when its callbacks have run; what is queued in one comes after it.
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
