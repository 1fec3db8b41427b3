/** Limit of waiting for a frame, in milliseconds, because a hidden window gets none. */
const FRAMES_MISSING_MS = 200;

/**
 * Resolves when the present content of the page is on the screen, or after the limit. Work that can wait must not delay
 * it.
 */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, FRAMES_MISSING_MS);
    // A frame is painted after its callbacks, and a timer that is set in one fires after that.
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
