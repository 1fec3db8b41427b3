import { TestBed } from '@angular/core/testing';

import { Coalesced } from './coalesced';
import { writeJson } from './exact-json';
import { TelemetryStream } from './telemetry-stream';

class FakeSource extends EventTarget {
  static opened: FakeSource[] = [];
  static readonly CLOSED = 2;
  readyState = 1;
  constructor(readonly url: string) {
    super();
    FakeSource.opened.push(this);
  }
  say(kind: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(data) }));
  }
}

describe('the stream of the collector', () => {
  let stream: TelemetryStream;
  const source = (): FakeSource => FakeSource.opened.at(-1) ?? expect.fail('no stream');

  beforeEach(() => {
    vi.useFakeTimers();
    FakeSource.opened = [];
    vi.stubGlobal('EventSource', FakeSource);
    stream = TestBed.inject(TelemetryStream);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('keeps what no double holds as it was sent', () => {
    const heard: unknown[] = [];
    stream.on('delivery', (delivery) => heard.push(delivery));
    const data = '{"captured":3,"data":{"order":780177723283783681}}';
    source().dispatchEvent(new MessageEvent('delivery', { data }));
    expect(writeJson(heard[0])).toBe(data);
  });

  it('is opened once for all who follow it, and by nobody before', () => {
    expect(FakeSource.opened).toHaveLength(0);
    const heard: unknown[] = [];
    stream.on('trace', (trace) => heard.push(trace));
    const end = stream.on('delivery', (delivery) => heard.push(delivery));
    expect(FakeSource.opened).toHaveLength(1);
    source().say('trace', 1);
    source().say('delivery', 2);
    end();
    source().say('delivery', 3);
    expect(heard).toEqual([1, 2]);
  });

  it('says that something was missed: told so by the collector, and after a break', async () => {
    const missed = vi.fn(() => Promise.resolve());
    stream.afterGap(new Coalesced(missed, 0));
    source().dispatchEvent(new Event('open'));
    expect(missed).not.toHaveBeenCalled();
    source().say('missed', { messages: 3 });
    await vi.advanceTimersByTimeAsync(0);
    expect(missed).toHaveBeenCalledTimes(1);
    source().dispatchEvent(new Event('error'));
    source().dispatchEvent(new Event('open'));
    expect(missed).toHaveBeenCalledTimes(2);
  });

  it('is opened anew where the browser gave up', () => {
    const missed = vi.fn(() => Promise.resolve());
    stream.afterGap(new Coalesced(missed, 0));
    source().readyState = FakeSource.CLOSED;
    source().dispatchEvent(new Event('error'));
    vi.advanceTimersByTime(2_000);
    expect(FakeSource.opened).toHaveLength(2);
    source().dispatchEvent(new Event('open'));
    expect(missed).toHaveBeenCalledTimes(1);
  });
});
