/** What a person does at the machine; a key that the page takes for itself is heard when it is released. */
const TOUCHES = ['keydown', 'keyup', 'pointerdown', 'wheel', 'touchstart'] as const;
/** Least way of the pointer that a person has moved, in pixels; the page moves below a pointer that rests. */
const MOVED_PX = 4;

/** Calls `touched` whenever a person works at the machine; the returned function ends that. */
export function hearTouches(touched: () => void): () => void {
  let rests: { readonly x: number; readonly y: number } | null = null;
  const moved = ({ screenX, screenY }: PointerEvent): void => {
    const way = rests ? Math.hypot(screenX - rests.x, screenY - rests.y) : 0;
    if (rests && way < MOVED_PX) return;
    if (rests) touched();
    rests = { x: screenX, y: screenY };
  };
  const how = { capture: true, passive: true };
  for (const name of TOUCHES) addEventListener(name, touched, how);
  addEventListener('pointermove', moved, how);
  return () => {
    for (const name of TOUCHES) removeEventListener(name, touched, how);
    removeEventListener('pointermove', moved, how);
  };
}
