import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { RoundsStore } from '../core/api/rounds-store';
import { RoundSummary } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { Play } from '../slot/play/play';
import { RoundsTab, kindOf } from './rounds-tab';

const round = (number: number) => ({
  round_id: `r${number}`,
  stake: 1_000,
  payout: 0,
  currency: 'RUB',
  status: 'posted',
  created_at: '2026-01-01T00:00:00Z',
});

describe('the tab of the rounds', () => {
  it('calls nothing a win that is not above the stake', () => {
    const of = (payout: number, status: RoundSummary['status'] = 'posted'): string =>
      kindOf({ status, stake: 1_000, payout });
    expect([of(0), of(500), of(1_000), of(1_001)]).toEqual(['lost', 'returned', 'returned', 'won']);
    expect(of(500, 'voided')).toBe('voided');
  });

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
