import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { Problem } from '../core/api/problem';
import { FaultStore } from './fault-store';

describe('the faults', () => {
  const gateway = { faults: vi.fn(), switchFault: vi.fn(), fireFault: vi.fn() };
  const down = { id: 'provider-down', kind: 'switch', fixable: false, state: 'off' } as const;
  let store: FaultStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(FaultStore);
  });
  afterEach(() => vi.useRealTimers());

  it('of a gateway that has none are none, and it is not asked again', async () => {
    gateway.faults.mockRejectedValue(new Problem({ status: 404, code: 'not_found' }));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(store.faults()).toEqual({ faults: [] });
    expect(gateway.faults).toHaveBeenCalledTimes(1);
    end();
  });

  it('are asked for again where the gateway was only away', async () => {
    gateway.faults.mockRejectedValueOnce(new Error('away'));
    gateway.faults.mockResolvedValue({ faults: [down] });
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.faults()?.faults).toEqual([down]);
    end();
  });

  it('are switched and fired, and are then as the answer says', async () => {
    gateway.switchFault.mockResolvedValue({ faults: [{ ...down, state: 'on' }] });
    await store.act(down);
    expect(gateway.switchFault).toHaveBeenCalledWith('provider-down', 'on');
    expect(store.faults()?.faults[0]?.state).toBe('on');
    gateway.fireFault.mockResolvedValue({ faults: [] });
    await store.act({ id: 'gateway-panic', kind: 'fire', fixable: false });
    expect(gateway.fireFault).toHaveBeenCalledWith('gateway-panic');
  });

  it('say why they were not switched', async () => {
    const error = new Problem({ status: 409, code: 'problem_unchanged' });
    gateway.switchFault.mockRejectedValue(error);
    await store.act(down);
    expect([store.refusal(), store.busy().size]).toEqual([{ of: 'provider-down', error }, 0]);
  });
});
