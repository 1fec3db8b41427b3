import { ChangeDetectionStrategy, Component, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Address } from '../core/ui/address';
import { provideTips } from '../core/ui/tips';
import { Tip } from './tip';

@Component({
  selector: 'rs-titled',
  imports: [Tip],
  template: `
    <b id="figure" [title]="hint()">42</b>
    <b id="digit" [title]="'4'">40%</b>
    <b id="same" [title]="'42 spins'">42 spins</b>
    <a id="link" href="/somewhere" [title]="'a link'">go <b id="within" [title]="'more'">1</b></a>
    <section tabindex="0"><b id="inside" [title]="'in a place that scrolls'">1</b></section>
    <main tabindex="-1"><b id="paged" [title]="'in a page that was gone to'">1</b></main>
    <div role="grid" tabindex="0" aria-activedescendant="row">
      <div role="row" class="head"><b id="column" [title]="'of a column'">c</b></div>
      <div role="row" id="row"><b id="cell" [title]="'of a cell'">c</b></div>
    </div>
    <rs-tip />
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Titled {
  readonly hint = signal('how it is counted');
}

describe('what shows where the pointer rests', () => {
  let fixture: ComponentFixture<Titled>;
  let page: HTMLElement;
  const at = (id: string): HTMLElement => page.querySelector<HTMLElement>(`#${id}`) ?? page;
  const shown = async (): Promise<string[]> => {
    await fixture.whenStable();
    return [...page.querySelectorAll('[role="tooltip"] p')].map(({ textContent }) => textContent);
  };
  /** jsdom does not support `:focus-visible`, so every focus counts as one by keyboard. */
  const come = (element: HTMLElement): void => {
    element.matches = () => true;
    element.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  };

  beforeEach(async () => {
    TestBed.configureTestingModule({ providers: [provideTips()] });
    fixture = TestBed.createComponent(Titled);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await fixture.whenStable();
  });
  afterEach(() => {
    page.remove();
    vi.useRealTimers();
  });

  it('is a stop of the Tab key, where it says more than what is written and nothing else leads there', async () => {
    const stops = (): string[] =>
      [...page.querySelectorAll<HTMLElement>('b')]
        .filter(({ tabIndex }) => tabIndex === 0)
        .map(({ id }) => id);
    expect(stops()).toEqual(['figure', 'digit', 'inside', 'paged', 'column']);
    fixture.componentInstance.hint.set('');
    await fixture.whenStable();
    expect(stops()).toEqual(['digit', 'inside', 'paged', 'column']);
    fixture.componentInstance.hint.set('counted otherwise');
    await fixture.whenStable();
    expect(stops()).toEqual(['figure', 'digit', 'inside', 'paged', 'column']);
  });

  it('shows when the focus comes, until it goes or Escape is pressed', async () => {
    come(at('figure'));
    expect(await shown()).toEqual(['how it is counted']);
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(await shown()).toEqual([]);
    come(at('link'));
    expect(await shown()).toEqual(['a link', 'more']);
    at('link').dispatchEvent(new FocusEvent('focusout', { bubbles: true }));
    expect(await shown()).toEqual([]);
    come(at('same'));
    expect(await shown()).toEqual([]);
  });

  it('shows where the pointer rests, and leaves nothing to the browser', async () => {
    expect(page.querySelector('[title]')).toBeNull();
    expect(at('figure').getAttribute('aria-description')).toBe('how it is counted');
    expect(at('same').hasAttribute('aria-description')).toBe(false);
    vi.useFakeTimers();
    const point = (element: Element): void => {
      element.dispatchEvent(new MouseEvent('pointerover', { bubbles: true }));
    };
    point(at('figure'));
    await vi.advanceTimersByTimeAsync(50);
    expect(await shown()).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(await shown()).toEqual(['how it is counted']);
    point(page.querySelector('[role="tooltip"]') ?? page);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await shown()).toEqual(['how it is counted']);
    point(page);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await shown()).toEqual([]);
    point(at('link'));
    await vi.advanceTimersByTimeAsync(200);
    expect(await shown()).toEqual(['a link']);
    TestBed.inject(Address).go('/elsewhere');
    TestBed.tick();
    expect(await shown()).toEqual([]);
  });

  it('shows of a row of a list when somebody rests at it', async () => {
    vi.useFakeTimers();
    page
      .querySelector('[role="grid"]')
      ?.dispatchEvent(new KeyboardEvent('keyup', { key: 'ArrowDown', bubbles: true }));
    expect(page.querySelectorAll('[role="tooltip"] p').length).toBe(0);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await shown()).toEqual(['of a cell']);
  });
});
