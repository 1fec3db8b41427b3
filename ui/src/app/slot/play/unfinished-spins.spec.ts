import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { LocksDouble } from '../../testing/locks-double';
import { UnfinishedSpin, UnfinishedSpins } from './unfinished-spins';

const SPIN: UnfinishedSpin = { key: 'k', playerId: 'p', stake: 1000, at: 0 };

describe('an unfinished spin and two pages', () => {
  let one: UnfinishedSpins;
  let other: UnfinishedSpins;

  beforeEach(() => {
    localStorage.clear();
    LocksDouble.install();
    one = page();
    other = page();
  });
  afterEach(() => {
    LocksDouble.remove();
    localStorage.clear();
  });

  function page(): UnfinishedSpins {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: {} }] });
    return TestBed.inject(UnfinishedSpins);
  }

  /** The value of the promise, or `nothing` while it is pending. */
  async function said(answer: Promise<boolean>): Promise<boolean | 'nothing'> {
    const nothing = new Promise<'nothing'>((resolve) => setTimeout(() => resolve('nothing'), 0));
    return Promise.race([answer, nothing]);
  }

  it('is its own page’s while that asks, and afterwards has come to its end', async () => {
    one.keep(SPIN);
    const [spin] = other.of('p');
    expect(spin).toEqual(SPIN);
    const left = other.takeOver(SPIN);
    expect(await said(left)).toBe('nothing');
    one.forget('k');
    expect(await said(left)).toBe(false);
    // No page holds it now.
    one.keep(SPIN);
    one.leave();
    expect(await said(other.takeOver(SPIN))).toBe(true);
  });

  it('is taken over from a page that leaves it, by one alone', async () => {
    one.keep(SPIN);
    const [first, second] = [other.takeOver(SPIN), page().takeOver(SPIN)];
    one.leave();
    expect(await said(first)).toBe(true);
    expect(await said(second)).toBe('nothing');
    expect(await said(other.takeOver(SPIN))).toBe(true);
  });
});
