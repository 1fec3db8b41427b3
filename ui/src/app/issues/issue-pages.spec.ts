import { Type } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ZERO, micros } from '../core/api/micros';
import { ApiProblem } from '../core/api/api-problem';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { ErrorEvent, IssueDetail, IssueSummary } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { SpotRows } from '../core/ui/spot-rows';
import { ResizeObserverDouble } from '../testing/resize-observer-double';
import { StreamDouble } from '../testing/stream-double';
import { ERROR } from '../testing/replies';
import { IssueListPage } from './issue-list-page';
import { IssuePage } from './issue-page';
import { IssueStore } from './issue-store';

const issue = (
  issue_id: string,
  envelope: number,
  more: Partial<IssueSummary> = {},
): IssueSummary => ({
  issue_id,
  kind: 'PaymentTimeout',
  value: 'no answer <b>at all</b>',
  culprit: 'settle (payments.ts)',
  level: 'error',
  events: 3,
  players: 2,
  services: ['payment-service'],
  releases: ['1.0.0'],
  first_seen_us: micros(1),
  last_envelope: envelope,
  last_seen_us: micros(envelope),
  recent: { from_us: ZERO, each_us: micros(30_000_000), counts: [1] },
  stakes: [],
  trace_ids: [],
  status: 'unresolved',
  share: {
    service: 'payment-service',
    transaction: 'POST /payments',
    failed: 3,
    requests: 30,
    estimated: false,
  },
  ...more,
});
const event = (event_id: string, more: Partial<ErrorEvent> = {}): ErrorEvent => ({
  ...ERROR,
  event_id,
  issue_id: 'a',
  service: 'payment-service',
  at_us: micros(1_000_000),
  level: 'error',
  kind: 'PaymentTimeout',
  value: `value of ${event_id}`,
  tags: {},
  frames: [
    { function: 'poll', file: 'tokio.rs', in_app: false },
    { function: 'settle', file: 'payments.ts', line: 41, in_app: true, context_line: 'charge()' },
  ],
  breadcrumbs: [],
  seq: 1,
  ...more,
});

describe('the pages of issues', () => {
  const gateway = { issues: vi.fn(), issue: vi.fn(), decideIssue: vi.fn() };
  const address = {
    path: vi.fn(() => '/issues'),
    query: vi.fn(),
    change: vi.fn(),
    go: vi.fn(),
    asLeft: vi.fn((path: string) => path),
    returnedFrom: vi.fn((): string | null => null),
  };
  let stream: StreamDouble;
  let query: URLSearchParams;

  beforeEach(async () => {
    vi.resetAllMocks();
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    stream = new StreamDouble();
    query = new URLSearchParams();
    address.query.mockImplementation(() => query);
    gateway.issues.mockResolvedValue({
      issues: [issue('a', 2), issue('b', 1, { status: 'resolved', resolved_in: '1.1.0' })],
      indexed: true,
    });
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Address, useValue: address },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    TestBed.inject(IssueStore).follow();
    await Promise.resolve();
  });
  afterEach(() => vi.unstubAllGlobals());

  async function shown<T>(
    page: Type<T>,
    inputs: Record<string, unknown> = {},
  ): Promise<ComponentFixture<T>> {
    const fixture = TestBed.createComponent(page);
    for (const [name, value] of Object.entries(inputs)) fixture.componentRef.setInput(name, value);
    await fixture.whenStable();
    await fixture.whenStable();
    return fixture;
  }
  const text = (fixture: ComponentFixture<unknown>, name: string): string | undefined =>
    (fixture.nativeElement as HTMLElement)
      .querySelector(`[data-test="${name}"]`)
      ?.textContent.replace(/\s+/g, ' ')
      .trim();
  const rows = (fixture: ComponentFixture<unknown>): string[] =>
    [...(fixture.nativeElement as HTMLElement).querySelectorAll('[data-test="issue-row"]')].map(
      ({ id }) => id,
    );

  describe('what is cut', () => {
    it('says how much is not shown, and shows it', async () => {
      const crumb = (number: number): ErrorEvent['breadcrumbs'][number] => ({
        category: 'ui',
        level: 'info',
        message: `step ${number}`,
        data: number === 79 ? { cart: { items: 2 } } : {},
      });
      const told = event('e1', {
        value: 'y'.repeat(5_000),
        tags: { note: 'x'.repeat(5_000) },
        breadcrumbs: Array.from({ length: 80 }, (_, number) => crumb(number)),
      });
      gateway.issues.mockResolvedValue({ issues: [], indexed: true });
      gateway.issue.mockResolvedValue({
        summary: issue('z', 2, { events: 500, players: 1_000, kind: 'K'.repeat(5_000) }),
        events: [told],
        times_us: [micros(1), micros(2)],
      });
      const fixture = await shown(IssuePage, { id: 'z' });
      const page = fixture.nativeElement as HTMLElement;
      const hidden = (): (string | undefined)[] =>
        [...page.querySelectorAll('rs-not-shown')]
          .map((each) => each.textContent.replace(/\s+/g, ' ').trim())
          .filter(Boolean);
      expect(hidden()).toEqual(['and 498 more', 'and 499 more', 'and 50 more Show all']);
      expect(page.querySelectorAll('[data-test="crumbs"] li')).toHaveLength(30);
      expect(page.textContent).toContain('step 79 · cart={"items":2}');
      expect(page.textContent).toContain('1,000+');
      expect(page.textContent.length).toBeLessThan(6_000);
      for (const button of page.querySelectorAll<HTMLElement>(
        '[data-test="show-all"], [data-test="long-text"]',
      ))
        button.click();
      await fixture.whenStable();
      expect(page.querySelectorAll('[data-test="crumbs"] li')).toHaveLength(80);
      expect(page.textContent).toContain('x'.repeat(5_000));
      expect(page.textContent).toContain('y'.repeat(5_000));
    });
  });

  describe('an event', () => {
    const open = async (told: ErrorEvent): Promise<ComponentFixture<IssuePage>> => {
      gateway.issue.mockResolvedValue({
        summary: issue('a', 2),
        events: [told],
        times_us: [micros(1)],
      });
      return shown(IssuePage, { id: 'a' });
    };

    it('tells its causes, what groups it, and how much of it there was', async () => {
      const fixture = await open(
        event('e1', {
          exceptions: [
            { kind: 'JobFailed', value: 'job', frames: [], frames_total: 0 },
            {
              kind: 'Refused',
              value: 'port {{ shown }}',
              source: '__cause__',
              frames: [{ function: 'connect', file: 'db.ts', in_app: true }],
              frames_total: 4,
            },
          ],
          exceptions_total: 3,
          frames_total: 250,
          breadcrumbs: [{ category: 'ui', level: 'info', message: 'step', data: {} }],
          breadcrumbs_total: 350,
          grouping: { by: 'stack', parts: ['JobFailed', 'run (jobs.ts)'], parts_total: 2 },
          time_is_received: true,
        }),
      );
      expect(text(fixture, 'causes')).toBe(
        'Exception chainJobFailed job Refused port {{ shown }} __cause__connect db.ts and 3 moreand 1 more',
      );
      expect(text(fixture, 'grouping')).toContain('JobFailed · run (jobs.ts)');
      expect(text(fixture, 'frames-of')).toBe('The innermost 2 of 250 frames');
      expect(text(fixture, 'crumbs-of')).toBe('The newest 1 of 350');
      expect((fixture.nativeElement as HTMLElement).textContent).toContain('no time of its own');
    });

    it('says none of it where there is no more than is shown', async () => {
      const fixture = await open(event('e1', { frames_total: 2, breadcrumbs_total: 0 }));
      for (const name of ['causes', 'frames-of', 'crumbs-of'])
        expect(text(fixture, name)).toBeUndefined();
    });
  });

  describe('the list', () => {
    it('has those that are open, or all, and no markup of theirs', async () => {
      const fixture = await shown(IssueListPage);
      expect(rows(fixture)).toEqual(['issue-a']);
      expect(text(fixture, 'issue-row')).toContain('no answer <b>at all</b>');
      expect(text(fixture, 'issue-share')).toBe('10.0%');
      expect(text(fixture, 'open-count')).toBe('1 unresolved issue');

      query = new URLSearchParams('status=all');
      const all = await shown(IssueListPage);
      expect(rows(all)).toEqual(['issue-a', 'issue-b']);
    });

    it('tells where the stakes of each stand, and draws when its events came', async () => {
      const each_us = micros(30_000_000);
      const from_us = micros(Math.floor((Date.now() * 1_000) / each_us) * each_us);
      const stakes = [{ currency: 'RUB', spins: 2, held: 1, returned: 20, settled: 0 }];
      gateway.issues.mockResolvedValue({
        issues: [issue('a', 2, { stakes, recent: { from_us, each_us, counts: [3] } })],
        indexed: true,
      });
      await TestBed.inject(IssueStore).load();
      const fixture = await shown(IssueListPage);
      const page = fixture.nativeElement as HTMLElement;
      const told = [...page.querySelectorAll('[data-test="issue-stakes"] span')].map(
        ({ textContent }) => textContent.replaceAll('\u00a0', ' '),
      );
      expect(told).toEqual(['held 1.00 ₽', 'returned 20.00 ₽']);
      const path = page.querySelector('[data-test="issue-recent"] path')?.getAttribute('d');
      expect(path).toMatch(/^M3[89] 1v-1/);
    });

    it('moves no row under a reader, and says what has come meanwhile', async () => {
      const fixture = await shown(IssueListPage);
      const page = fixture.nativeElement as HTMLElement;
      const list = page.querySelector('[data-test="issue-list"]');
      for (const [comes, goes, envelope] of [
        ['pointerenter', 'pointerleave', 10],
        ['focusin', 'focusout', 11],
      ] as const) {
        const [first = ''] = rows(fixture);
        list?.dispatchEvent(new Event(comes));
        stream.tell('issue', issue(`new-${comes}`, envelope, { events: 2_000 }));
        stream.tell('issue', issue('a', 3, { events: 1_234 }));
        await fixture.whenStable();
        expect(rows(fixture)[0]).toBe(first);
        expect(text(fixture, 'issues-newer')).toMatch(/[12] updates?$/);
        if (comes === 'pointerenter') expect(text(fixture, 'issue-row')).toContain('1,234');

        list?.dispatchEvent(new Event(goes));
        await fixture.whenStable();
        expect(rows(fixture)[0]).toBe(`issue-new-${comes}`);
        expect(text(fixture, 'issues-newer')).toBeUndefined();
      }
    });

    it('shows what was held back when it is asked for', async () => {
      const fixture = await shown(IssueListPage);
      const page = fixture.nativeElement as HTMLElement;
      page.querySelector('[data-test="issue-list"]')?.dispatchEvent(new Event('focusin'));
      stream.tell('issue', issue('c', 10));
      await fixture.whenStable();
      expect(rows(fixture)).toEqual(['issue-a']);
      page.querySelector<HTMLElement>('[data-test="issues-newer"]')?.click();
      await fixture.whenStable();
      expect(rows(fixture)).toEqual(['issue-c', 'issue-a']);
    });

    it('draws those in sight and says how many there are', async () => {
      gateway.issues.mockResolvedValue({
        issues: Array.from({ length: 500 }, (_, number) => issue(`i${number}`, 500 - number)),
        indexed: true,
      });
      await TestBed.inject(IssueStore).load();
      const fixture = await shown(IssueListPage);
      expect(rows(fixture).length).toBeLessThan(40);
      const grid = (fixture.nativeElement as HTMLElement).querySelector('[role="grid"]');
      expect(grid?.getAttribute('aria-rowcount')).toBe('501');
    });

    it('has a light brought to the issue that happened last, wherever its weight puts it', async () => {
      gateway.issues.mockResolvedValue({
        issues: Array.from({ length: 500 }, (_, number) =>
          issue(`i${number}`, number === 450 ? 9_000 : number, { events: 1_000 - number }),
        ),
        indexed: true,
      });
      await TestBed.inject(IssueStore).load();
      const fixture = await shown(IssueListPage);
      const page = fixture.nativeElement as HTMLElement;
      const lit = (): string | undefined => page.querySelector('[data-spot="newest_issue"]')?.id;
      expect(lit()).toBeUndefined();
      expect(TestBed.inject(SpotRows).bring('newest_issue')).toBe(true);
      await fixture.whenStable();
      expect(lit()).toBe('issue-i450');
      // Another one comes while the list is scrolled, so that its rows are held.
      stream.tell('issue', issue('late', 10_000, { events: 1 }));
      await fixture.whenStable();
      expect(TestBed.inject(SpotRows).bring('newest_issue')).toBe(true);
      await fixture.whenStable();
      await fixture.whenStable();
      expect(lit()).toBe('issue-late');
    });

    it('is walked through by keyboard, and Enter opens', async () => {
      const fixture = await shown(IssueListPage);
      const press = async (key: string): Promise<void> => {
        document.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
        await fixture.whenStable();
      };
      await press('Enter');
      expect(address.go).not.toHaveBeenCalled();
      await press('ArrowDown');
      const grid = (fixture.nativeElement as HTMLElement).querySelector('[role="grid"]');
      expect(grid?.getAttribute('aria-activedescendant')).toBe('issue-a');
      await press('Enter');
      expect(address.go).toHaveBeenCalledWith('/issues/a');
    });

    it('begins at the row that the person comes back from', async () => {
      address.returnedFrom.mockReturnValue('/issues/b');
      query.set('status', 'all');
      const fixture = await shown(IssueListPage);
      const grid = (fixture.nativeElement as HTMLElement).querySelector('[role="grid"]');
      expect(grid?.getAttribute('aria-activedescendant')).toBe('issue-b');
    });

    it('refers to no row that is not drawn', async () => {
      gateway.issues.mockResolvedValue({
        issues: Array.from({ length: 500 }, (_, number) => issue(`i${number}`, 500 - number)),
        indexed: true,
      });
      await TestBed.inject(IssueStore).load();
      const fixture = await shown(IssueListPage);
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }));
      await fixture.whenStable();
      // Many other issues happen again later, so it moves down and out of sight once the focus has left the list.
      for (let number = 400; number < 500; number += 1)
        stream.tell('issue', issue(`i${number}`, 1_000 + number));
      await fixture.whenStable();
      const grid = (fixture.nativeElement as HTMLElement).querySelector('[role="grid"]');
      expect(rows(fixture)).toContain('issue-i0');
      grid?.dispatchEvent(new Event('focusout'));
      if (grid) grid.scrollTop = 0;
      grid?.dispatchEvent(new Event('scroll'));
      await new Promise(requestAnimationFrame);
      await fixture.whenStable();
      expect(rows(fixture)).not.toContain('issue-i0');
      expect(grid?.hasAttribute('aria-activedescendant')).toBe(false);
    });

    it('says that there is none', async () => {
      gateway.issues.mockResolvedValue({ issues: [], indexed: true });
      await TestBed.inject(IssueStore).load();
      expect(text(await shown(IssueListPage), 'issues-empty')).toMatch(/^No issues yet/);
    });
  });

  describe('one issue', () => {
    const detail = (...events: ErrorEvent[]): IssueDetail => ({
      summary: issue('a', 2, { events: events.length }),
      events,
      times_us: [micros(1_000_000), micros(2_000_000)],
    });

    it('shows the stack with our own code first', async () => {
      gateway.issue.mockResolvedValue(detail(event('e2'), event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      expect(text(fixture, 'frames')).toMatch(/^settle\s*payments\.ts:41/);
      expect(text(fixture, 'other-frames')).toContain('poll');
    });

    it('keeps the event that is read while others come', async () => {
      gateway.issue.mockResolvedValue(detail(event('e2'), event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      gateway.issue.mockResolvedValue(detail(event('e3'), event('e2'), event('e1')));
      for (let events = 4; events < 54; events += 1)
        stream.tell('issue', issue('a', events, { events }));
      await vi.waitFor(() => expect(gateway.issue).toHaveBeenCalledTimes(2));
      await fixture.whenStable();
      expect((fixture.nativeElement as HTMLElement).textContent).toContain('Event 2 of 3');
      // One request after fifty events.
      expect(gateway.issue).toHaveBeenCalledTimes(2);
    });

    it('keeps an event that the collector answers no more, and leads to those it does', async () => {
      gateway.issue.mockResolvedValue(detail(event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      const page = fixture.nativeElement as HTMLElement;
      gateway.issue.mockResolvedValue(detail(event('e9'), event('e8')));
      stream.tell('issue', issue('a', 9, { events: 9 }));
      await vi.waitFor(() => expect(page.textContent).toContain('Older than the last 2 events'));
      expect(text(fixture, 'event-value')).toBe('value of e1');
      page.querySelector<HTMLElement>('[data-test="event-newer"]')?.click();
      await fixture.whenStable();
      expect(page.textContent).toContain('Event 2 of 2');
    });

    it('shows nothing of the issue before', async () => {
      gateway.issue.mockResolvedValue(detail(event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      let answer: (detail: IssueDetail) => void = () => undefined;
      gateway.issue.mockReturnValue(new Promise((resolve) => (answer = resolve)));
      fixture.componentRef.setInput('id', 'b');
      await fixture.whenStable();
      expect(text(fixture, 'event-value')).toBeUndefined();
      await vi.waitFor(() => expect(gateway.issue).toHaveBeenLastCalledWith('b'));
      answer(detail(event('e7')));
      await fixture.whenStable();
      await fixture.whenStable();
      expect(text(fixture, 'event-value')).toBe('value of e7');
    });

    it('has bars that the arrow keys walk through, from the last one on', async () => {
      gateway.issue.mockResolvedValue(detail(event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      const page = fixture.nativeElement as HTMLElement;
      const bars = () => [...page.querySelectorAll<HTMLElement>('[role="option"]')];
      const at = () => {
        const list = page.querySelector('[data-test="issue-bars"]');
        const id = list?.getAttribute('aria-activedescendant') ?? '';
        const found = bars().findIndex((bar) => bar.id === id);
        expect(bars()[found]?.ariaSelected ?? bars()[found]?.getAttribute('aria-selected')).toBe(
          'true',
        );
        return found;
      };
      const press = async (key: string) => {
        page
          .querySelector('[data-test="issue-bars"]')
          ?.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }));
        await fixture.whenStable();
        return at();
      };
      const last = bars().length - 1;
      expect(bars().every(({ title }) => title !== '')).toBe(true);
      expect(at()).toBe(last);
      expect(await press('ArrowRight')).toBe(last);
      expect(await press('ArrowLeft')).toBe(last - 1);
      expect(await press('Home')).toBe(0);
      expect(await press('ArrowLeft')).toBe(0);
      expect(await press('End')).toBe(last);
      await press('Home');
      fixture.componentRef.setInput('id', 'b');
      await vi.waitFor(() => expect(gateway.issue).toHaveBeenLastCalledWith('b'));
      await fixture.whenStable();
      await fixture.whenStable();
      expect(at()).toBe(last);
    });

    it('is resolved, and says when that failed', async () => {
      gateway.issue.mockResolvedValue(detail(event('e1')));
      const fixture = await shown(IssuePage, { id: 'a' });
      const press = async (): Promise<void> => {
        (fixture.nativeElement as HTMLElement)
          .querySelector<HTMLElement>('[data-test="resolve"]')
          ?.click();
        await fixture.whenStable();
        await fixture.whenStable();
      };
      gateway.decideIssue.mockRejectedValueOnce(new Error('disk full'));
      await press();
      expect((fixture.nativeElement as HTMLElement).textContent).toContain('was not saved');
      gateway.decideIssue.mockResolvedValue(issue('a', 2, { status: 'resolved' }));
      await press();
      expect(gateway.decideIssue).toHaveBeenLastCalledWith('a', 'resolved');
      expect(text(fixture, 'issue-status')).toBe('Resolved');
    });

    it('that is not kept any more is said to be so', async () => {
      gateway.issue.mockRejectedValue(new ApiProblem({ status: 404, code: 'not_found' }));
      expect(text(await shown(IssuePage, { id: 'gone' }), 'issue-unknown')).toMatch(
        /^No issue with this ID/,
      );
    });
  });
});
