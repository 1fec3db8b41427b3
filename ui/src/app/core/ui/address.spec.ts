import { TestBed } from '@angular/core/testing';

import { Address } from './address';

describe('the address of the window', () => {
  let address: Address;
  const shown = (): string => location.pathname + location.search;

  beforeEach(() => {
    history.replaceState(null, '', '/traces?outcome=ok');
    address = TestBed.inject(Address);
  });
  afterEach(() => history.replaceState(null, '', '/'));

  it('is read at the start', () => {
    expect(address.path()).toBe('/traces');
    expect(address.query().get('outcome')).toBe('ok');
  });

  it('goes elsewhere, and what was there can be gone back to', () => {
    const before = history.length;
    address.go('/traces/ab', { span: 'cd' });
    expect(shown()).toBe('/traces/ab?span=cd');
    expect([address.path(), address.query().get('span')]).toEqual(['/traces/ab', 'cd']);
    expect(history.length).toBe(before + 1);
  });

  it('says more of the same place, and less, with nothing to go back to', () => {
    const before = history.length;
    address.change({ service: 'frontend', closed: 'a,b' });
    expect(shown()).toBe('/traces?outcome=ok&service=frontend&closed=a,b');
    address.change({ outcome: '', closed: '' });
    expect(shown()).toBe('/traces?service=frontend');
    expect(address.query().get('service')).toBe('frontend');
    expect(history.length).toBe(before);
  });

  it('follows the browser', () => {
    history.replaceState(null, '', '/delivery?state=dead');
    dispatchEvent(new PopStateEvent('popstate'));
    expect([address.path(), address.query().get('state')]).toEqual(['/delivery', 'dead']);
  });

  it('leaves a click that asks for a tab of its own to the browser', () => {
    const own = new MouseEvent('click', { ctrlKey: true, cancelable: true });
    address.follow(own, '/settings');
    expect([own.defaultPrevented, address.path()]).toEqual([false, '/traces']);
    const plain = new MouseEvent('click', { cancelable: true });
    address.follow(plain, '/settings');
    expect([plain.defaultPrevented, address.path()]).toEqual([true, '/settings']);
  });

  it('goes back to a list as it was left, and forgets it once the reader is elsewhere', () => {
    const back = (): string => {
      address.followBack(new MouseEvent('click', { cancelable: true }), '/traces');
      return shown();
    };
    address.go('/traces/ab', { span: 'cd' });
    address.go('/traces/ab/with/ef');
    expect(address.asLeft('/traces')).toBe('/traces?outcome=ok');
    expect(back()).toBe('/traces?outcome=ok');
    address.go('/');
    address.go('/traces/ab');
    expect(back()).toBe('/traces');
  });

  it('knows which place below it was left to come back, and none after any other way', () => {
    const back = new MouseEvent('click', { cancelable: true });
    address.go('/traces/ab');
    address.followBack(back, '/traces');
    expect(address.returnedFrom()).toBe('/traces/ab');
    address.go('/traces/ab');
    expect(address.returnedFrom()).toBeNull();
    history.replaceState(null, '', '/');
    dispatchEvent(new PopStateEvent('popstate'));
    expect(address.returnedFrom()).toBe('/traces/ab');
    // Forward: the page that was left lies above this one.
    history.replaceState(null, '', '/traces/ab');
    dispatchEvent(new PopStateEvent('popstate'));
    expect(address.returnedFrom()).toBeNull();
    address.go('/traces');
    expect(address.returnedFrom()).toBeNull();
  });
});
