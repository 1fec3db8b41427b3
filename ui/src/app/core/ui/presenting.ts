import { Injectable, signal } from '@angular/core';

import { remembered } from '../api/remembered';

/** What a person or a remote asks of the presentation. */
export type PresentCommand = 'open' | 'start' | 'end' | 'next' | 'back' | 'black';

/** Whether the presenter's part of the page is needed, which is loaded only then, and what it is asked to do. */
@Injectable({ providedIn: 'root' })
export class Presenting {
  readonly needed = signal(remembered('presenting') === true);
  /** Whether a presentation is given, so that the keys of remotes have a meaning; set by the presenter's part. */
  readonly underWay = signal(this.needed());
  private readonly _asked = signal<PresentCommand | null>(null);
  readonly asked = this._asked.asReadonly();

  ask(command: PresentCommand): void {
    this.needed.set(true);
    this._asked.set(command);
  }

  /** Takes what was asked, which is done once. */
  take(): PresentCommand | null {
    const command = this._asked();
    this._asked.set(null);
    return command;
  }
}
