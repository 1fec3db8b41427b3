import { DestroyRef, Injectable, inject } from '@angular/core';

/** Has a row drawn and in sight; false if there is no such row. */
type Bring = () => boolean;

/** The rows of shown lists that other parts of the page may point at. A list draws only the rows in sight. */
@Injectable({ providedIn: 'root' })
export class SpotRows {
  private readonly rows = new Map<string, Bring>();

  /** Offers a row by its name in `data-spot`; the returned function ends that. */
  offer(spot: string, bring: Bring): () => void {
    this.rows.set(spot, bring);
    return () => {
      // The list of another page may have begun to offer it before this one ended.
      if (this.rows.get(spot) === bring) this.rows.delete(spot);
    };
  }

  /** False if there is no such row; null if no shown list offers one. */
  bring(spot: string): boolean | null {
    return this.rows.get(spot)?.() ?? null;
  }
}

/** Offers a row while the component lives; must be called in its constructor. */
export function offerSpotRow(spot: string, bring: Bring): void {
  inject(DestroyRef).onDestroy(inject(SpotRows).offer(spot, bring));
}
