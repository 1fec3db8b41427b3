import { DestroyRef, Signal, inject, signal } from '@angular/core';

const TICK_MS = 1_000;

/** The time in milliseconds since the Unix epoch, until the calling component is destroyed; call it in its constructor. */
export function followClock(): Signal<number> {
  const now = signal(Date.now());
  const clock = setInterval(() => now.set(Date.now()), TICK_MS);
  inject(DestroyRef).onDestroy(() => clearInterval(clock));
  return now.asReadonly();
}
