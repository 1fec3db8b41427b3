import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Holds } from './holds';

@Component({
  imports: [Holds],
  template: `
    <input type="checkbox" [rsHolds]="holds()" (change)="ask()" />
    <input type="radio" name="r" id="one" [rsHolds]="chosen() === 1" (change)="ask()" />
    <input type="radio" name="r" id="two" [rsHolds]="chosen() === 2" (change)="ask()" />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Switches {
  readonly holds = signal(true);
  readonly chosen = signal(1);
  asked = 0;
  ask(): void {
    this.asked += 1;
  }
}

describe('a switch of something that the gateway decides', () => {
  it('shows what holds, also after a change that was refused', async () => {
    const fixture = TestBed.createComponent(Switches);
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    const checked = (): boolean[] => [...page.querySelectorAll('input')].map((box) => box.checked);
    expect(checked()).toEqual([true, true, false]);

    page.querySelector<HTMLElement>('[type="checkbox"]')?.click();
    page.querySelector<HTMLElement>('#two')?.click();
    expect(fixture.componentInstance.asked).toBe(2);
    await fixture.whenStable();
    expect(checked()).toEqual([true, true, false]);

    fixture.componentInstance.holds.set(false);
    fixture.componentInstance.chosen.set(2);
    await fixture.whenStable();
    expect(checked()).toEqual([false, false, true]);
  });
});
