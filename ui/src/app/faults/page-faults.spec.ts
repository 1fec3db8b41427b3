import { TestBed } from '@angular/core/testing';

import { BonusSummary, bonusRounds } from './page-faults';

describe('the faults of the page', () => {
  it('reject where nobody waits for them', () =>
    expect(bonusRounds(Promise.resolve({ stakes: [] }))).rejects.toBeInstanceOf(TypeError));

  it('fail while they are drawn', () => {
    const fixture = TestBed.createComponent(BonusSummary);
    expect(() => fixture.componentRef.changeDetectorRef.detectChanges()).toThrow(TypeError);
  });
});
