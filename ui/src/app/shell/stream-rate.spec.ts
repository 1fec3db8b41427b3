import { ChangeDetectionStrategy, Component, Type, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { PresentationGateway } from '../core/api/presentation-gateway';
import { ZERO, micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { provideLanguages } from '../core/i18n/language';
import { ReportGateway } from '../core/api/report-gateway';
import { ReportStore } from '../daily-report/report-store';
import { ReportTraces } from '../daily-report/report-trace';
import { SpinsStore } from '../business/spins-store';
import { DeliveryStore } from '../delivery/delivery-store';
import { EnvelopeList } from '../delivery/envelope-list';
import { IssuePage } from '../issues/issue-page';
import { IssueStore } from '../issues/issue-store';
import { MapStore } from '../map/map-store';
import { PresentationStore } from '../presenter/presentation/presentation-store';
import { Play } from '../slot/play/play';
import { FollowedSpin } from '../slot/spin-path/followed-spin';
import { SpinLog } from '../spin-log/spin-log';
import { DELIVERY, TRACE } from '../testing/replies';
import { StreamDouble } from '../testing/stream-double';
import { followTrace } from '../traces/tree/followed-trace';
import { TraceFeed } from '../traces/list/trace-feed';

@Component({ template: '', changeDetection: ChangeDetectionStrategy.OnPush })
class FollowedTracePage {
  readonly trace = followTrace(signal(TRACE.trace_id));
}

/** How long a request takes, in milliseconds; several events come meanwhile. */
const ANSWER_MS = 150;
/** Longest pause of any of them. */
const SELDOM_MS = 10_000;
const SECONDS = 20;
/** Requests while events go on: one a second, and some at the beginning, which a person waits for. */
const MOST = SECONDS + 8;

const ISSUE: IssueSummary = {
  issue_id: 'a',
  kind: 'PaymentTimeout',
  value: '',
  culprit: '',
  level: 'error',
  events: 1,
  players: 0,
  services: [],
  releases: [],
  first_seen_us: ZERO,
  last_envelope: 1,
  last_seen_us: ZERO,
  recent: { from_us: ZERO, each_us: micros(30_000_000), counts: [1] },
  stakes: [],
  trace_ids: [],
  status: 'unresolved',
};

/** One reply for every question. */
const REPLY = {
  ...DELIVERY,
  traces: [TRACE],
  issues: [ISSUE],
  envelopes: [],
  events: [],
  times_us: [],
  summary: { ...TRACE, ...ISSUE },
  state: { revision: 1, status: 'idle' },
};

/** A gateway that counts what it is asked, answers after a while, and fails while it is told to. */
class CountingGateway {
  readonly asked = new Map<string, number>();
  /** Whether a question was asked before the last one of the same kind was answered. */
  overlapped = false;
  fails = false;
  readonly api = new Proxy({}, { get: (_, name: string) => () => this.answer(name) });
  private readonly underWay = new Set<string>();

  get most(): number {
    return Math.max(0, ...this.asked.values());
  }

  forget(): void {
    this.asked.clear();
    this.overlapped = false;
  }

  private async answer(name: string): Promise<unknown> {
    const { fails } = this;
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1);
    this.overlapped ||= this.underWay.has(name);
    this.underWay.add(name);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    this.underWay.delete(name);
    if (fails) throw new Error('away');
    return REPLY;
  }
}

describe('what follows the stream', () => {
  let gateway: CountingGateway;
  let stream: StreamDouble;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        readonly observe = vi.fn();
        readonly disconnect = vi.fn();
      },
    );
    gateway = new CountingGateway();
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway.api },
        { provide: PresentationGateway, useValue: gateway.api },
        { provide: ReportGateway, useValue: gateway.api },
        {
          provide: ReportTraces,
          useValue: {
            begin: () => ({
              id: TRACE.trace_id,
              during: (ask: () => unknown) => ask(),
              end: () => undefined,
            }),
          },
        },
        { provide: TelemetryStream, useValue: stream },
        {
          provide: Play,
          useValue: {
            traceId: signal(TRACE.trace_id),
            phase: signal('resting'),
            last: signal(null),
            outcome: signal(null),
          },
        },
      ],
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const shown = (page: Type<unknown>, inputs: Record<string, unknown> = {}): void => {
    const fixture = TestBed.createComponent(page);
    for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
    fixture.detectChanges();
  };

  const FOLLOWERS: Readonly<Record<string, () => void>> = {
    'the log of spins': () => TestBed.inject(SpinLog).follow(),
    'the spins of the business page': () => void TestBed.inject(SpinsStore).watch(),
    'the report by day': () => {
      TestBed.inject(ReportStore).watch();
      void TestBed.inject(ReportStore).load('2026-11-30');
    },
    'the list of traces': () => {
      TestBed.inject(TraceFeed).watch();
      void TestBed.inject(TraceFeed).load();
    },
    'a trace': () => shown(FollowedTracePage),
    'the last spin': () => void TestBed.inject(FollowedSpin),
    'the map': () => void TestBed.inject(MapStore).watch(),
    'the issues': () => TestBed.inject(IssueStore).follow(),
    'the page of an issue': () => {
      TestBed.inject(IssueStore).follow();
      shown(IssuePage, { id: 'a' });
    },
    'the state of delivery': () => TestBed.inject(DeliveryStore).follow(),
    'the list of envelopes': () => {
      TestBed.inject(DeliveryStore).follow();
      shown(EnvelopeList);
    },
    'the presentation': () => void TestBed.inject(PresentationStore),
  };

  let count = 1;
  const happen = (): void => {
    count += 1;
    stream.tell('trace', { ...TRACE, first_envelope: count });
    stream.tell('issue', { ...ISSUE, events: count, last_envelope: count });
    stream.tell('delivery', { ...DELIVERY, captured: count });
    stream.tell('presentation', { revision: count });
    stream.miss();
    TestBed.tick();
  };

  describe.each(Object.entries(FOLLOWERS))('%s', (_, follow) => {
    beforeEach(async () => {
      follow();
      await vi.advanceTimersByTimeAsync(5_000);
      gateway.forget();
    });

    it('asks at a rate of its own, whatever that of the events is, and once more at their end', async () => {
      for (let at = 0; at < SECONDS * 1_000; at += 20) {
        happen();
        await vi.advanceTimersByTimeAsync(20);
      }
      expect(gateway.most).toBeLessThanOrEqual(MOST);
      expect(gateway.overlapped).toBe(false);
      const asked = [...gateway.asked.values()];
      await vi.advanceTimersByTimeAsync(SELDOM_MS);
      for (const [at, now] of [...gateway.asked.values()].entries())
        expect(now).toBeGreaterThan(asked[at] ?? 0);
    });

    it('reads again what it missed, also where the first request fails', async () => {
      gateway.fails = true;
      stream.miss();
      await vi.advanceTimersByTimeAsync(3_000);
      expect(gateway.most).toBeGreaterThan(0);
      gateway.fails = false;
      gateway.forget();
      await vi.advanceTimersByTimeAsync(SELDOM_MS);
      expect(gateway.most).toBeGreaterThan(0);
    });
  });
});
