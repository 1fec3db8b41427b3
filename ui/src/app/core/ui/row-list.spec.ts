import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { ResizeObserverDouble } from '../../testing/resize-observer-double';
import { RowList } from './row-list';
import { VirtualRows } from './virtual-rows';

@Component({
  imports: [RowList, VirtualRows],
  template: `
    <div
      #list="rowList"
      tabindex="0"
      [rsVirtualRows]="ids().length"
      [rsRowList]="ids()"
      [startsAt]="'s'"
      (entered)="entered.set($event)"
    >
      <p data-at>{{ list.active() }}</p>
    </div>
    <input />
    <dialog open><p data-in-dialog></p></dialog>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Drawn {
  readonly ids = signal(['a', 'b', 'c']);
  readonly entered = signal(-1);
}

@Component({
  imports: [RowList],
  template: `
    <ol [rsRowList]="['a', 'b', 'c']">
      <li><button type="button" id="a">A</button></li>
      <li><button type="button" id="b">B</button></li>
      <li><button type="button" id="c">C</button></li>
    </ol>
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Controls {}

describe('a list of rows', () => {
  let page: HTMLElement;
  const press = (key: string, from: Element = document.body): boolean =>
    from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));

  async function shown<T>(component: new () => T): Promise<ComponentFixture<T>> {
    const fixture = TestBed.createComponent(component);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await fixture.whenStable();
    return fixture;
  }
  beforeEach(() => vi.stubGlobal('ResizeObserver', ResizeObserverDouble));
  afterEach(() => {
    page.remove();
    vi.unstubAllGlobals();
  });

  it('has the focus while its rows are walked through, and stays with a row that moves', async () => {
    const fixture = await shown(Drawn);
    const at = async (): Promise<string> => {
      await fixture.whenStable();
      return page.querySelector('[data-at]')?.textContent ?? '';
    };
    expect([await at(), press('ArrowDown'), await at()]).toEqual(['-1', false, '0']);
    press('End');
    expect(await at()).toBe('2');
    expect(document.activeElement).toBe(page.querySelector('div'));
    fixture.componentInstance.ids.set(['n', 'a', 'b', 'c']);
    expect(await at()).toBe('3');
    press('Enter');
    expect(fixture.componentInstance.entered()).toBe(3);
    expect(press('x')).toBe(true);
  });

  it('begins at the row that it is told, when that is there, and brings it into sight', async () => {
    const reveal = vi.spyOn(VirtualRows.prototype, 'reveal');
    const fixture = await shown(Drawn);
    expect(reveal).not.toHaveBeenCalled();
    fixture.componentInstance.ids.set(['a', 's', 'b']);
    await fixture.whenStable();
    expect(page.querySelector('[data-at]')?.textContent).toBe('1');
    expect(reveal).toHaveBeenLastCalledWith(1);
    expect(document.activeElement).toBe(document.body);
    press('ArrowDown');
    reveal.mockClear();
    fixture.componentInstance.ids.set(['n', 'a', 's', 'b']);
    await fixture.whenStable();
    expect(page.querySelector('[data-at]')?.textContent).toBe('3');
    expect(reveal).not.toHaveBeenCalled();
  });

  it('begins at no row after a key was pressed', async () => {
    const fixture = await shown(Drawn);
    press('ArrowDown');
    fixture.componentInstance.ids.set(['a', 's', 'b']);
    await fixture.whenStable();
    expect(page.querySelector('[data-at]')?.textContent).toBe('0');
  });

  it('leaves a field and a dialog their keys, and the browser those with Ctrl', async () => {
    const fixture = await shown(Drawn);
    press('ArrowDown');
    for (const css of ['input', '[data-in-dialog]'])
      for (const key of ['ArrowDown', 'End', 'Enter'])
        expect(press(key, page.querySelector(css) ?? expect.fail())).toBe(true);
    const withCtrl = new KeyboardEvent('keydown', { key: 'End', ctrlKey: true, cancelable: true });
    expect(document.dispatchEvent(withCtrl)).toBe(true);
    await fixture.whenStable();
    expect(page.querySelector('[data-at]')?.textContent).toBe('0');
    expect(fixture.componentInstance.entered()).toBe(-1);
  });

  it('of controls leads the focus from one to the next, once one has it', async () => {
    await shown(Controls);
    const control = (id: string): Element => page.querySelector(`#${id}`) ?? expect.fail();
    expect(press('ArrowDown')).toBe(true);
    press('ArrowDown', control('a'));
    expect(document.activeElement?.id).toBe('b');
    press('Home', control('b'));
    expect(document.activeElement?.id).toBe('a');
    // Enter presses the control itself.
    expect(press('Enter', control('a'))).toBe(true);
  });
});
