import { ErrorHandler } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { provideLanguages } from '../i18n/language';
import { PartFailed } from './part-states';

describe('a part of the page that could not be loaded', () => {
  it('says so, offers to load it again, and reports it', async () => {
    const handleError = vi.fn();
    TestBed.configureTestingModule({
      providers: [provideLanguages(), { provide: ErrorHandler, useValue: { handleError } }],
    });
    const fixture = TestBed.createComponent(PartFailed);
    fixture.componentRef.setInput('part', 'map');
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    expect(page.querySelector('[role="alert"]')?.textContent).toMatch(/could not be loaded/);
    expect(page.querySelector('[data-test="part-retry"]')?.textContent).toMatch(/Reload/);
    expect(handleError).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ message: expect.stringContaining('map') as string }),
    );
  });
});
