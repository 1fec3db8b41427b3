import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { RoundsStore } from '../core/api/rounds-store';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { Play } from '../slot/play';
import { RoundsTab } from './rounds-tab';

const round = (number: number) => ({
  round_id: `r${number}`,
  stake: 1_000,
  payout: 0,
  currency: 'RUB',
  status: 'posted',
  created_at: '2026-01-01T00:00:00Z',
});

describe('the tab of the rounds', () => {
  it.each([
    [49, false, undefined],
    [50, true, 'Listed: the last 50 rounds'],
  ])('of %i rounds says whether there may be more', async (count, cut, told) => {
    const store = {
      rounds: signal(Array.from({ length: count }, (_, number) => round(number))),
      cut: signal(cut),
      most: 50,
      failed: signal(false),
    };
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: RoundsStore, useValue: store },
        { provide: Address, useValue: {} },
        { provide: Play, useValue: { repeats: signal([]), phase: signal('idle') } },
      ],
    });
    const fixture = TestBed.createComponent(RoundsTab);
    await fixture.whenStable();
    const page = fixture.nativeElement as HTMLElement;
    expect(page.querySelectorAll('[data-test="round-row"]')).toHaveLength(count);
    expect(page.querySelector('[data-test="rounds-cut"]')?.textContent).toBe(told);
  });
});
