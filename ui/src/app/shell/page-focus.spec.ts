import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Address } from '../core/ui/address';
import { focusPages } from './page-focus';

@Component({
  template: `
    <nav><a id="nav" href="/traces">Traces</a></nav>
    <input id="typed" />
    @switch (page()) {
      @case ('/traces') {
        <main>
          <h1 id="list">Traces</h1>
          <div role="grid" id="rows" tabindex="0" [attr.aria-activedescendant]="row()">
            <a tabindex="-1" href="/traces/1">1</a>
          </div>
        </main>
      }
      @case ('/traces/1') {
        <main id="trace">
          @if (loaded()) {
            <h1 id="name">A trace</h1>
          }
          <button type="button" id="inside">Swap</button>
        </main>
      }
      @default {
        <main>
          <h1 id="machine">Reelscope</h1>
          <a id="spin" href="/traces/1">A spin</a>
        </main>
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class Outlet {
  private readonly address = inject(Address);
  /** Paths below that of a trace show the same page. */
  readonly page = computed(() => this.address.path().split('/').slice(0, 3).join('/'));
  readonly loaded = signal(true);
  readonly row = signal<string | null>(null);

  constructor() {
    focusPages();
  }
}

describe('the focus when the page changes', () => {
  let fixture: ComponentFixture<Outlet>;
  let outlet: HTMLElement;
  let address: Address;

  const at = (id: string): HTMLElement =>
    outlet.querySelector<HTMLElement>(`#${id}`) ?? expect.fail(`no ${id}`);
  const focused = async (): Promise<string> => {
    await fixture.whenStable();
    return document.activeElement?.id ?? '';
  };
  const goBack = (path: string): void => {
    history.replaceState(null, '', path);
    dispatchEvent(new PopStateEvent('popstate'));
  };

  beforeEach(async () => {
    history.replaceState(null, '', '/');
    address = TestBed.inject(Address);
    fixture = TestBed.createComponent(Outlet);
    outlet = fixture.nativeElement as HTMLElement;
    document.body.append(outlet);
    await fixture.whenStable();
  });
  afterEach(() => {
    outlet.remove();
    history.replaceState(null, '', '/');
  });

  it('stays where it is with the first page', async () => {
    expect(await focused()).toBe('');
  });

  it('goes to the heading of the new page, which Tab does not reach', async () => {
    at('nav').focus();
    address.go('/traces');
    expect(await focused()).toBe('list');
    expect(at('list').tabIndex).toBe(-1);
  });

  it('waits on the page while the heading is loaded', async () => {
    fixture.componentInstance.loaded.set(false);
    address.go('/traces/1');
    expect(await focused()).toBe('trace');
    fixture.componentInstance.loaded.set(true);
    expect(await focused()).toBe('name');
  });

  it('does not come back to a heading that is loaded after the person has gone on', async () => {
    fixture.componentInstance.loaded.set(false);
    address.go('/traces/1');
    await focused();
    at('inside').focus();
    fixture.componentInstance.loaded.set(true);
    expect(await focused()).toBe('inside');
  });

  it('stays where it is when only the query changes', async () => {
    address.go('/traces');
    await focused();
    at('nav').focus();
    address.change({ outcome: 'failed' });
    expect(await focused()).toBe('nav');
  });

  it('stays in the field that a person types in', async () => {
    at('typed').focus();
    address.go('/traces');
    expect(await focused()).toBe('typed');
  });

  it('stays inside of a page that goes on being shown', async () => {
    address.go('/traces/1');
    await focused();
    at('inside').focus();
    address.go('/traces/1/with/2');
    expect(await focused()).toBe('inside');
  });

  it('goes back to the link that led away', async () => {
    address.go('/traces/1');
    await focused();
    goBack('/');
    expect(await focused()).toBe('spin');
  });

  it('goes back to the list as soon as the row that was opened is there', async () => {
    address.go('/traces/1');
    await focused();
    goBack('/traces');
    expect(await focused()).toBe('list');
    fixture.componentInstance.row.set('row-1');
    expect(await focused()).toBe('rows');
  });

  it('stays on the heading of a list that is opened anew', async () => {
    address.go('/traces/1');
    await focused();
    address.go('/traces');
    await focused();
    fixture.componentInstance.row.set('row-1');
    expect(await focused()).toBe('list');
  });
});
