import { ApplicationInitStatus } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Start, provideStart } from './start';

/** Time until the page is drawn, in milliseconds, for a start that takes `startMs`. */
async function drawnAfter(startMs: number): Promise<number> {
  const begun = performance.now();
  TestBed.configureTestingModule({
    providers: [
      provideStart(),
      {
        provide: Start,
        useValue: { run: () => new Promise((resolve) => setTimeout(resolve, startMs)) },
      },
    ],
  });
  let drawn = Number.NaN;
  void TestBed.inject(ApplicationInitStatus).donePromise.then(() => {
    drawn = performance.now() - begun;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  return drawn;
}

describe('the start of the page', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('is drawn as soon as the machine can be', async () => {
    expect(await drawnAfter(20)).toBe(20);
  });

  it('is drawn without the machine when the services take long', async () => {
    expect(await drawnAfter(10_000)).toBe(250);
  });
});
