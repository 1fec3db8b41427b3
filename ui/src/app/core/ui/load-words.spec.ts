import { TestBed } from '@angular/core/testing';

import { provideLanguages } from '../i18n/language';
import { LoadWords } from './load-words';

describe('what stands where nothing is shown yet', () => {
  async function shown(
    state: 'loading' | 'failed',
  ): Promise<{ page: HTMLElement; again: () => number }> {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const fixture = TestBed.createComponent(LoadWords);
    fixture.componentRef.setInput('state', state);
    fixture.componentRef.setInput('loading', 'insights.issues.loading');
    let asked = 0;
    fixture.componentInstance.again.subscribe(() => (asked += 1));
    await fixture.whenStable();
    return { page: fixture.nativeElement as HTMLElement, again: () => asked };
  }

  it('says that it is being loaded, and offers nothing', async () => {
    const { page } = await shown('loading');
    expect(page.querySelector('[role="status"]')?.textContent).toBe('Loading issues…');
    expect(page.querySelector('[role="alert"], button')).toBeNull();
  });

  it('is an alert where it could not be loaded, and is asked for again', async () => {
    const { page, again } = await shown('failed');
    expect(page.querySelector('[role="alert"] p')?.textContent).toBe(
      'The collector did not respond.',
    );
    expect(page.querySelector('[role="status"]')).toBeNull();
    page.querySelector<HTMLElement>('[role="alert"] button')?.click();
    expect(again()).toBe(1);
  });
});
