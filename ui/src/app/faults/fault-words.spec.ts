import { buttonKey, nextState } from './fault-words';

describe('the button of a fault', () => {
  it('switches on and off, and fixes what can be fixed', () => {
    expect(nextState({ fixable: false, state: 'off' })).toBe('on');
    expect(nextState({ fixable: false, state: 'on' })).toBe('off');
    expect(nextState({ fixable: true, state: 'on' })).toBe('fixed');
    expect(nextState({ fixable: true, state: 'fixed' })).toBe('on');
    expect(nextState({ fixable: true, state: 'off' })).toBe('on');
  });

  it('says what it does', () => {
    const key = (fixable: boolean, state: 'on' | 'off' | 'fixed') =>
      buttonKey({ how: 'switch', fixable, state });
    expect(buttonKey({ how: 'fire', fixable: false, state: 'off' })).toBe('faults.fire');
    expect(key(true, 'on')).toBe('faults.fix');
    expect(key(true, 'fixed')).toBe('problems.back');
    expect(key(false, 'on')).toBe('faults.off');
    expect(key(false, 'off')).toBe('faults.on');
  });
});
