import { computed, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { micros } from '../../core/api/micros';
import { RoundsStore } from '../../core/api/rounds-store';
import { Span } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { FaultStore } from '../../faults/fault-store';
import { spanOf } from '../../testing/any-spans';
import { TRACE } from '../../testing/replies';
import { Layout, layoutOf } from '../../traces/tree/layout';
import { FollowedSpin } from './followed-spin';
import { Play } from '../play/play';
import { MeasuredPath, measuredPath, pathOf } from './spin-path';
import { SpinPathStrip } from './spin-path-strip';

const MS = 1_000;
/** A spin that spends `waited` of its `total` milliseconds waiting for the provider. */
function spin(total: number, waited: number, more: Partial<Span> = {}): Layout {
  return layoutOf({
    spans: [
      spanOf('r', null, 1, 1 + total * MS, { service: 'frontend' }),
      spanOf('p', 'r', 1 + (total - waited) * MS, 1 + total * MS, {
        service: 'payment-service',
        op: 'http.client',
        data: { 'peer.service': 'payment-provider' },
        ...more,
      }),
    ],
    errors: [],
    logs: [],
  });
}

describe('the words about a spin', () => {
  const layout = signal<Layout | null>(null);
  const before = signal<MeasuredPath | null>(null);
  const problems = signal<{ id: string; state: string }[]>([]);
  const hasFailed = signal(false);
  const toggle = vi.fn();
  let fixture: ComponentFixture<SpinPathStrip>;

  beforeEach(() => {
    before.set(null);
    problems.set([]);
    hasFailed.set(false);
    vi.resetAllMocks();
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        {
          provide: FollowedSpin,
          useValue: {
            layout,
            before,
            summary: signal({ ...TRACE, problems: ['slow-provider', 'payment-errors'] }),
            path: computed(() => pathOf(null, layout(), false)),
          },
        },
        {
          provide: Play,
          useValue: {
            phase: signal('idle'),
            traceId: signal('b'),
            last: signal({ begunAt: 0, traceId: 'b', repeats: 'a' }),
            recent: signal([]),
            repeats: signal([]),
            outcome: signal(null),
            hasFailed,
          },
        },
        { provide: RoundsStore, useValue: { rounds: signal([]) } },
        {
          provide: FaultStore,
          useValue: {
            board: () => ({ ready: true, problems: problems() }),
            busy: signal(new Set()),
            watch: () => () => undefined,
            toggle,
          },
        },
      ],
    });
  });
  const shown = (spun: Layout): void => {
    layout.set(spun);
    fixture = TestBed.createComponent(SpinPathStrip);
    fixture.detectChanges();
  };
  const find = (name: string): HTMLElement | null =>
    (fixture.nativeElement as HTMLElement).querySelector(`[data-test="${name}"]`);
  const text = (name: string): string => find(name)?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

  it('are the total and the bottleneck of a slow spin, with the way to its trace', () => {
    shown(spin(5_000, 4_000));
    expect(text('spin-time')).toContain('5.00 s');
    expect(text('bottleneck')).toBe('Bottleneck: Payment provider 80%, the rest 1.00 s');
    expect(find('open-trace')?.getAttribute('href')).toBe('/traces/b');
  });

  it('explain it, and fix it on the spot', () => {
    problems.set([{ id: 'slow-provider', state: 'on' }]);
    shown(spin(5_000, 4_000));
    expect(text('explanation')).toContain('80% of the time was spent waiting for the payment');
    find('explained-fix')?.click();
    expect(toggle).toHaveBeenCalledWith('slow-provider');
  });

  it('name no bottleneck where nobody feels it', () => {
    shown(spin(60, 50));
    expect(text('bottleneck')).toBe('Longest part: Payment provider 50.0 ms, 83%');
  });

  it('say what a fix brought to the same round', () => {
    before.set(measuredPath(spin(4_000, 3_900)));
    shown(spin(66, 1));
    expect(text('bottleneck')).toBe('61× faster than the same round before');
    expect(find('ghost')).not.toBeNull();
    expect(find('explained-compare')?.getAttribute('href')).toBe('/traces/a/with/b');
    before.set({ ...measuredPath(spin(66, 1)), total: micros(20_000) });
    fixture.detectChanges();
    expect(text('bottleneck')).toBe('About as long as the same round before');
    shown(spin(660, 1));
    before.set({ ...measuredPath(spin(660, 1)), total: micros(200_000) });
    fixture.detectChanges();
    expect(text('bottleneck')).toBe('3.3× slower than the same round before');
  });

  it('tell no share of a call that was refused at once', () => {
    hasFailed.set(true);
    shown(spin(77, 0.2, { status: 'unavailable' }));
    expect(text('bottleneck')).toBe('Failed at: Payment provider 200 µs');
  });

  it('are about the failure first', () => {
    problems.set([
      { id: 'slow-provider', state: 'on' },
      { id: 'payment-errors', state: 'on' },
    ]);
    hasFailed.set(true);
    shown(spin(5_000, 4_000, { status: 'internal_error' }));
    expect(text('bottleneck')).toBe('Failed at: Payment provider 4.00 s, 80%');
    find('explained-fix')?.click();
    expect(toggle).toHaveBeenCalledWith('payment-errors');
  });

  it('colour no other part than the one that failed', () => {
    hasFailed.set(true);
    const most = (): (string | undefined)[] =>
      [...fixture.nativeElement.querySelectorAll('.station.most')].map(
        ({ dataset }: HTMLElement) => dataset['test'],
      );
    shown(spin(5_000, 4_000, { status: 'internal_error' }));
    expect(most()).toEqual(['station-payment-provider']);
    shown(spin(5_000, 1_000, { status: 'internal_error' }));
    expect(most()).toEqual([]);
    hasFailed.set(false);
    shown(spin(5_000, 1_000));
    expect(most()).toEqual(['station-frontend']);
  });

  it('are not about a call that failed and was tried again in a spin that succeeded', () => {
    shown(spin(5_000, 4_000, { status: 'internal_error' }));
    expect(text('bottleneck')).toBe('Bottleneck: Payment provider 80%, the rest 1.00 s');
  });
});
