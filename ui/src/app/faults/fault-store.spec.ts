import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ApiProblem } from '../core/api/api-problem';
import { FaultBoard, FaultId, FaultState, FaultView } from '../core/api/schema';
import { FaultStore } from './fault-store';

function board(state: FaultState = 'on', over: Partial<FaultBoard> = {}): FaultBoard {
  const problem = (id: FaultId): FaultView => ({
    id,
    group: 'story',
    service: 'game-engine',
    how: 'switch',
    fixable: true,
    fired: 0,
    state,
    switching: null,
    ends_in_ms: null,
    switched_at: 1,
    switched_ms_ago: 0,
    observed: null,
  });
  return {
    release: '1.0.0',
    releases: [],
    faults: [problem('missing-index'), problem('slow-rng')],
    armed_failures: 0,
    ready: true,
    ...over,
  };
}

/** A reply that comes when the test releases it. */
function later<T>(): { promise: Promise<T>; answer: (value: T) => void } {
  let answer: (value: T) => void = () => undefined;
  const promise = new Promise<T>((resolve) => (answer = resolve));
  return { promise, answer };
}

describe('the faults', () => {
  const gateway = {
    faults: vi.fn(),
    switchFault: vi.fn(),
    fireFault: vi.fn(),
    startOfDemo: vi.fn(),
    chooseRelease: vi.fn(),
    health: vi.fn(),
    paytable: vi.fn(),
  };
  let store: FaultStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no settings here')));
    gateway.faults.mockResolvedValue(board());
    gateway.health.mockResolvedValue({ release: '1.1.0', services: {}, seeding: {} });
    gateway.paytable.mockResolvedValue({});
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    store = TestBed.inject(FaultStore);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('are looked at each second for as long as somebody watches', async () => {
    const ends = [store.watch(), store.watch()];
    await vi.advanceTimersByTimeAsync(2_500);
    expect(gateway.faults).toHaveBeenCalledTimes(3);
    ends[0]?.();
    ends[0]?.();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(gateway.faults).toHaveBeenCalledTimes(4);
    ends[1]?.();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.faults).toHaveBeenCalledTimes(4);
  });

  it('are looked at again after a look that was not answered', async () => {
    gateway.faults.mockRejectedValueOnce(new Error('away'));
    const end = store.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect([store.failed(), store.board()]).toEqual([true, null]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.failed()).toBe(false);
    expect(store.board()?.release).toBe('1.0.0');
    end();
  });

  it('are fixed where they hurt, and brought back where they do not', async () => {
    for (const [state, wanted] of [
      ['on', 'fixed'],
      ['fixed', 'on'],
      ['off', 'on'],
    ] as const) {
      gateway.faults.mockResolvedValue(board(state));
      gateway.switchFault.mockResolvedValue(board(wanted));
      await store.load();
      await store.toggle('slow-rng');
      expect(gateway.switchFault).toHaveBeenLastCalledWith('slow-rng', wanted);
      expect(store.changed()).toEqual({ id: 'slow-rng', state: wanted });
      expect(store.board()?.problems[1]?.state).toBe(wanted);
    }
  });

  it('are looked at first when a key switches one that was never shown', async () => {
    gateway.switchFault.mockResolvedValue(board('fixed'));
    await store.toggle('missing-index');
    expect(gateway.switchFault).toHaveBeenCalledWith('missing-index', 'fixed');
  });

  it('are switched once, however often it is asked for', async () => {
    const { promise, answer } = later<FaultBoard>();
    gateway.switchFault.mockReturnValue(promise);
    await store.load();
    const first = store.toggle('slow-rng');
    await store.toggle('slow-rng');
    expect(store.busy().has('slow-rng')).toBe(true);
    answer(board('fixed'));
    await first;
    expect(store.busy().size).toBe(0);
    expect(gateway.switchFault).toHaveBeenCalledTimes(1);
  });

  it('are not what a look says that was asked for before a switch was answered', async () => {
    const { promise, answer } = later<FaultBoard>();
    await store.load();
    gateway.faults.mockReturnValueOnce(promise);
    const look = store.load();
    gateway.switchFault.mockResolvedValue(board('fixed'));
    await store.toggle('slow-rng');
    answer(board('on'));
    await look;
    expect(store.board()?.problems[1]?.state).toBe('fixed');
  });

  it('say why one was not switched, until the next is', async () => {
    const refusal = new ApiProblem({ status: 409, code: 'players_not_ready' });
    gateway.switchFault.mockRejectedValueOnce(refusal);
    await store.toggle('missing-index');
    expect(store.refusal()).toEqual({ of: 'missing-index', error: refusal });
    expect(store.changed()).toBeNull();
    gateway.fireFault.mockResolvedValue(board('on', { armed_failures: 1 }));
    await store.failNextPayment();
    expect(store.refusal()).toBeNull();
    expect(store.board()?.armed_failures).toBe(1);
  });

  it('are those of the release that was chosen last, which everything then says', async () => {
    const { promise, answer } = later<FaultBoard>();
    gateway.chooseRelease.mockReturnValueOnce(promise);
    await store.load();
    const walk = store.choose('1.1.0');
    await store.choose('1.2.0');
    await store.choose('1.3.0');
    expect(store.release()).toBe('1.3.0');
    gateway.chooseRelease.mockResolvedValue(board('fixed', { release: '1.3.0' }));
    answer(board('fixed', { release: '1.1.0' }));
    await walk;
    expect(gateway.chooseRelease.mock.calls).toEqual([['1.1.0'], ['1.3.0']]);
    expect([store.release(), store.board()?.release]).toEqual(['1.3.0', '1.3.0']);
    expect(gateway.health).toHaveBeenCalledTimes(2);
    expect(gateway.paytable).toHaveBeenCalledTimes(2);
  });

  it('are of the release that is in force when the chosen one is refused', async () => {
    gateway.chooseRelease.mockRejectedValue(
      new ApiProblem({ status: 409, code: 'problem_switching' }),
    );
    await store.load();
    await store.choose('1.2.0');
    expect(store.release()).toBe('1.0.0');
    expect(store.refusal()?.of).toBe('release');
    expect(gateway.chooseRelease).toHaveBeenCalledTimes(1);
  });

  it('remember after a fix what the span took that showed them', async () => {
    const observed = { count: 2, trace_id: 'a', at: 5, ms: 287.4 };
    const [index, rng] = board().faults as [FaultView, FaultView];
    const seen = board('on', { faults: [index, { ...rng, observed }] });
    gateway.faults.mockResolvedValue(seen);
    gateway.switchFault.mockResolvedValue(board('fixed'));
    await store.toggle('slow-rng');
    expect([...store.took()]).toEqual([['slow-rng', 287.4]]);
    gateway.startOfDemo.mockResolvedValue(board());
    await store.startOfDemo();
    expect(store.took().size).toBe(0);
  });

  it('start anew', async () => {
    gateway.startOfDemo.mockResolvedValue(board('on', { release: '1.0.0' }));
    gateway.faults.mockResolvedValue(board('fixed', { release: '1.2.0' }));
    await store.load();
    await store.startOfDemo();
    expect(store.release()).toBe('1.0.0');
    expect(store.board()?.problems[0]?.state).toBe('on');
  });

  it('beside the story are switched and fired, and are then as the answer says', async () => {
    const extra = (id: FaultId, over: Partial<FaultView> = {}): FaultView => ({
      ...(board('off').faults[0] as FaultView),
      id,
      group: 'extra',
      fixable: false,
      ...over,
    });
    const down = extra('provider-down');
    const panic = extra('gateway-panic', { how: 'fire' });
    gateway.faults.mockResolvedValue(board('off', { faults: [down, panic] }));
    await store.load();
    gateway.switchFault.mockResolvedValue(
      board('off', { faults: [{ ...down, state: 'on' }, panic] }),
    );
    await store.toggle('provider-down');
    expect(gateway.switchFault).toHaveBeenCalledWith('provider-down', 'on');
    expect(store.board()?.extras.map(({ state }) => state)).toEqual(['on', 'off']);
    expect(store.board()?.problems).toEqual([]);
    gateway.fireFault.mockResolvedValue(board('off', { faults: [{ ...panic, fired: 1 }] }));
    await store.toggle('gateway-panic');
    expect(gateway.fireFault).toHaveBeenCalledWith('gateway-panic');
    expect(store.board()?.extras[0]?.fired).toBe(1);
  });
});
