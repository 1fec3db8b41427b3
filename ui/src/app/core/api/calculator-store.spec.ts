import { TestBed } from '@angular/core/testing';

import { CalculatorGateway } from './calculator-gateway';
import { CalculatorStore } from './calculator-store';

describe('the store of the calculator', () => {
  const ofVolume = (expected: number) => ({
    inputs: [{ id: 'spins_per_day', values: { expected } }],
  });

  it('has the spins of an hour of those of a day, and keeps a change', async () => {
    const gateway = {
      calculation: vi.fn().mockResolvedValue(ofVolume(240_000)),
      assume: vi.fn().mockResolvedValue(ofVolume(480_000)),
    };
    TestBed.configureTestingModule({
      providers: [{ provide: CalculatorGateway, useValue: gateway }],
    });
    const store = TestBed.inject(CalculatorStore);
    expect(store.spinsPerHour()).toBeNull();
    await store.load();
    expect(store.spinsPerHour()).toBe(10_000);
    await store.assumeSpinsPerHour(20_000);
    const values = { pessimistic: 480_000, expected: 480_000, optimistic: 480_000 };
    expect(gateway.assume).toHaveBeenCalledWith('spins_per_day', values);
    expect(store.spinsPerHour()).toBe(20_000);
  });
});
