import { Injectable, signal } from '@angular/core';

/** Whether the list of questions is shown in this window, and which of them is open. */
@Injectable({ providedIn: 'root' })
export class Questions {
  private readonly _shown = signal<string | null>(null);
  /** Id of the open question, empty for the list alone; null while nothing is shown. */
  readonly shown = this._shown.asReadonly();

  open(id = ''): void {
    this._shown.set(id);
  }

  close(): void {
    this._shown.set(null);
  }
}
