import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { EnvelopeSummary } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { DeliveryStore } from './delivery-store';
import { EnvelopeList } from './envelope-list';

/** jsdom has no layout, so every observed element stays in sight. */
class IntersectionObserverDouble {
  observe(): void {
    // No element leaves the sight here.
  }
  disconnect(): void {
    // There is nothing to disconnect.
  }
}

const envelope = (seq: number): EnvelopeSummary => ({
  seq,
  received_at: 0,
  slot: 'frontend',
  categories: ['error'],
  bytes: 10,
  state: 'delivered',
});

describe('the list of envelopes', () => {
  const gateway = { envelopes: vi.fn(), envelope: vi.fn() };
  let page: HTMLElement;
  let stable: () => Promise<unknown>;

  beforeEach(async () => {
    vi.resetAllMocks();
    vi.stubGlobal('IntersectionObserver', IntersectionObserverDouble);
    gateway.envelopes.mockResolvedValue({ envelopes: [3, 2, 1].map(envelope) });
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: DeliveryStore, useValue: { state: signal({ dead_by_reason: {} }) } },
      ],
    });
    const fixture = TestBed.createComponent(EnvelopeList);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    stable = () => fixture.whenStable();
    await stable();
  });
  afterEach(() => {
    page.remove();
    vi.unstubAllGlobals();
  });

  const line = (seq: number): HTMLElement =>
    page.querySelector<HTMLElement>(`[data-seq="${seq}"]`) ?? expect.fail();
  const press = (key: string, from: Element): boolean =>
    from.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  const focused = (): string | undefined => document.activeElement?.id;

  it('leads the focus from one to the next by keys, once one has it', () => {
    expect(press('ArrowDown', document.body)).toBe(true);
    line(3).focus();
    expect(press('ArrowDown', line(3))).toBe(false);
    expect(focused()).toBe('envelope-2');
    press('End', line(2));
    expect(focused()).toBe('envelope-1');
    press('ArrowDown', line(1));
    expect(focused()).toBe('envelope-1');
    press('Home', line(1));
    expect(focused()).toBe('envelope-3');
  });

  it('opens the one that has the focus, whose content keeps its own keys', async () => {
    gateway.envelope.mockResolvedValue({
      summary: envelope(3),
      header: {},
      items: [],
      oddities: ['log_without_trace', 'of_a_newer_build'],
    });
    // Enter presses the button itself, so the list ignores it.
    line(3).focus();
    expect(press('Enter', line(3))).toBe(true);
    line(3).click();
    await stable();
    const header = page.querySelector('[data-test="envelope-detail"] pre') ?? expect.fail();
    expect(press('ArrowDown', header)).toBe(true);
    expect(focused()).toBe('envelope-3');
    const odd = [...page.querySelectorAll('[data-test="envelope-odd"]')];
    expect(odd.map(({ textContent }) => textContent)).toEqual([
      'In no list: a log without a trace ID',
      'of_a_newer_build',
    ]);
  });
});
