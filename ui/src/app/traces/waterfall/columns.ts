import { Injectable, signal } from '@angular/core';

/** Widths of the waterfall's columns, in rem, kept while the window is open; the bars take the rest. */
@Injectable({ providedIn: 'root' })
export class Columns {
  private readonly _name = signal(23);
  private readonly _time = signal(5.5);
  readonly name = this._name.asReadonly();
  readonly time = this._time.asReadonly();

  readonly limits = { name: { least: 9, most: 50 }, time: { least: 4, most: 12 } } as const;

  /** Moves the line behind a column with the pointer that was pressed on it. */
  drag(event: PointerEvent, column: 'name' | 'time'): void {
    const line = event.currentTarget as HTMLElement;
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const width = this[column]();
    const from = event.clientX;
    line.setPointerCapture(event.pointerId);
    const move = ({ clientX }: PointerEvent): void =>
      this.set(column, width + (clientX - from) / rem);
    line.addEventListener('pointermove', move);
    line.addEventListener(
      'lostpointercapture',
      () => line.removeEventListener('pointermove', move),
      {
        once: true,
      },
    );
    event.preventDefault();
  }

  step(event: Event, column: 'name' | 'time', by: number): void {
    event.preventDefault();
    event.stopPropagation();
    this.set(column, this[column]() + by);
  }

  private set(column: 'name' | 'time', width: number): void {
    const { least, most } = this.limits[column];
    (column === 'name' ? this._name : this._time).set(Math.min(Math.max(width, least), most));
  }
}
