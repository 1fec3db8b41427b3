import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { DeliveryStore } from './delivery-store';

/** A stream that a test opens and breaks. */
class Stream extends EventTarget {
  static last: Stream;
  static readonly CLOSED = 2;
  readyState = 0;

  constructor() {
    super();
    Stream.last = this;
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

describe('the state of delivery', () => {
  it('says while the stream is broken that it is not of this moment', () => {
    vi.stubGlobal('EventSource', Stream);
    const gateway = { delivery: () => Promise.reject(new Error('away')) };
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    const store = TestBed.inject(DeliveryStore);
    store.follow();
    const seen = [store.live()];
    for (const event of ['open', 'error', 'error', 'open']) {
      Stream.last.dispatchEvent(new Event(event));
      seen.push(store.live());
    }
    expect(seen).toEqual([true, true, false, false, true]);
    vi.unstubAllGlobals();
  });
});
