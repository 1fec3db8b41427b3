import { DestroyRef, effect, inject, untracked } from '@angular/core';

import { PresentCommand, Presenting } from '../core/ui/presenting';
import { PresentationStore } from './presentation/presentation-store';

/** The commands that each window carries out in its own way. */
export type OwnCommand = Exclude<PresentCommand, 'end' | 'next' | 'back'>;

/**
 * While the component lives, carries out what a person or a remote asks of the presentation, and lets the keys of remotes
 * have their meaning while it is given.
 */
export function followCommands(own: (command: OwnCommand) => void): void {
  const presenting = inject(Presenting);
  const store = inject(PresentationStore);
  const run = (command: PresentCommand | null): void => {
    switch (command) {
      case null:
        return;
      case 'end':
        return void store.end();
      case 'next':
        return void store.move(1);
      case 'back':
        return void store.move(-1);
      default:
        own(command);
    }
  };
  effect(() => {
    // What is asked before the script is known waits for it.
    const known = store.presentation() !== null;
    if (presenting.asked() !== null && known) untracked(() => run(presenting.take()));
  });
  effect(() => {
    if (store.presentation()) presenting.underWay.set(store.underWay());
  });
  inject(DestroyRef).onDestroy(() => presenting.underWay.set(false));
}
