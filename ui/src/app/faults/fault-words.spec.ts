import { buttonKey, keyOf, nextState } from './fault-words';

describe('the button of a fault', () => {
  it('switches on and off, and fixes what can be fixed', () => {
    expect(nextState({ fixable: false, state: 'off' })).toBe('on');
    expect(nextState({ fixable: false, state: 'on' })).toBe('off');
    expect(nextState({ fixable: true, state: 'on' })).toBe('fixed');
    expect(nextState({ fixable: true, state: 'fixed' })).toBe('on');
  });

  it('says what it does', () => {
    const key = (fixable: boolean, state: 'on' | 'off' | 'fixed') =>
      buttonKey({ kind: 'switch', fixable, state });
    expect(buttonKey({ kind: 'fire', fixable: false })).toBe('faults.fire');
    expect(key(true, 'on')).toBe('faults.fix');
    expect(key(true, 'fixed')).toBe('problems.back');
    expect(key(false, 'on')).toBe('faults.off');
    expect(key(false, 'off')).toBe('faults.on');
  });
});

it('a fault that this page does not know has no words', () => {
  expect(keyOf('name', 'memory-leak')).toBe('faults.name.memory-leak');
  expect(keyOf('what', 'of-tomorrow')).toBeNull();
});
