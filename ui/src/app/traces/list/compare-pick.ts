import { Injectable, inject, signal } from '@angular/core';

import { isNewer } from '../../core/api/arrival';
import { Address } from '../../core/ui/address';

import { TraceSummary } from '../../core/api/schema';
import { comparePath } from '../../core/ui/trace-place';

/** The first of two traces that are to be compared. */
@Injectable({ providedIn: 'root' })
export class ComparePick {
  private readonly address = inject(Address);
  private readonly _picked = signal<TraceSummary | null>(null);
  readonly picked = this._picked.asReadonly();

  /** Picks a trace. Picking it again cancels; picking another one opens the comparison, the earlier trace first. */
  pick(trace: TraceSummary): void {
    const picked = this._picked();
    if (!picked) return this._picked.set(trace);
    this._picked.set(null);
    if (picked.trace_id === trace.trace_id) return;
    const [before, after] = isNewer(picked, trace) ? [trace, picked] : [picked, trace];
    this.address.go(comparePath(before.trace_id, after.trace_id));
  }

  cancel(): void {
    this._picked.set(null);
  }
}
