import { buttonKey, keyOf, nextState } from './fault-words';

describe('the button of a fault', () => {
  it('switches on and off, and fixes what can be fixed', () => {
    expect(nextState({ id: 'provider-down', state: 'off' })).toBe('on');
    expect(nextState({ id: 'provider-down', state: 'on' })).toBe('off');
    expect(nextState({ id: 'n-plus-one', state: 'on' })).toBe('fixed');
    expect(nextState({ id: 'n-plus-one', state: 'fixed' })).toBe('on');
  });

  it('says what it does', () => {
    const key = (id: string, kind: 'switch' | 'fire', state?: 'on' | 'off' | 'fixed') =>
      buttonKey(state === undefined ? { id, kind } : { id, kind, state });
    expect(key('gateway-panic', 'fire')).toBe('faults.fire');
    expect(key('slow-report', 'switch', 'on')).toBe('faults.fix');
    expect(key('slow-report', 'switch', 'fixed')).toBe('problems.back');
    expect(key('memory-leak', 'switch', 'on')).toBe('faults.off');
    expect(key('memory-leak', 'switch', 'off')).toBe('faults.on');
  });
});

it('a fault that this page does not know has no words', () => {
  expect(keyOf('name', 'memory-leak')).toBe('faults.name.memory-leak');
  expect(keyOf('what', 'of-tomorrow')).toBeNull();
});
