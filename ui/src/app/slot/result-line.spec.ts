import { TestBed } from '@angular/core/testing';
import { signal } from '@angular/core';

import { provideLanguages } from '../core/i18n/language';
import { TRACE } from '../testing/replies';
import { FollowedSpin } from './spin-path/followed-spin';
import { Play } from './play/play';
import { ResultLine } from './result-line';
import { Sound } from './sound';

describe('the result line of a returned stake', () => {
  it('has the way to the trace, at the span that failed', () => {
    const summary = signal<unknown>(null);
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: FollowedSpin, useValue: { summary, layout: signal(null) } },
        { provide: Sound, useValue: {} },
        {
          provide: Play,
          useValue: {
            phase: signal('idle'),
            traceId: signal('b'),
            trouble: signal(null),
            outcome: signal({ status: 'voided', payout: 0, stake: 1000, currency: 'RUB' }),
          },
        },
      ],
    });
    const fixture = TestBed.createComponent(ResultLine);
    fixture.detectChanges();
    const { nativeElement } = fixture as { nativeElement: HTMLElement };
    const link = () => nativeElement.querySelector('[data-test="see-why"]');
    expect(nativeElement.textContent).toContain('The stake was returned');
    expect(link()).toBeNull();

    summary.set(TRACE);
    fixture.detectChanges();
    expect(link()?.getAttribute('href')).toBe('/traces/b');
  });
});
