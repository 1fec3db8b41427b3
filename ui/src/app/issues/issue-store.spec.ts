import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ZERO, micros } from '../core/api/micros';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { IssueSummary } from '../core/api/schema';
import { StreamDouble } from '../testing/stream-double';
import { IssueStore } from './issue-store';

const issue = (
  issue_id: string,
  envelope: number,
  more: Partial<IssueSummary> = {},
): IssueSummary => ({
  issue_id,
  kind: 'PaymentTimeout',
  value: '',
  culprit: '',
  level: 'error',
  events: 1,
  players: 0,
  services: [],
  releases: [],
  first_seen_us: micros(0),
  last_envelope: envelope,
  last_seen_us: micros(envelope),
  recent: { from_us: ZERO, each_us: micros(30_000_000), counts: [1] },
  stakes: [],
  trace_ids: [],
  status: 'unresolved',
  ...more,
});

describe('the issues', () => {
  const gateway = { issues: vi.fn(), decideIssue: vi.fn() };
  let stream: StreamDouble;
  let store: IssueStore;
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  beforeEach(async () => {
    vi.resetAllMocks();
    stream = new StreamDouble();
    gateway.issues.mockResolvedValue({ issues: [issue('a', 1)], indexed: true });
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    store = TestBed.inject(IssueStore);
    store.follow();
    await settled();
  });

  const ids = (): string[] => store.issues().map(({ issue_id }) => issue_id);

  it('are read once, however many follow them', async () => {
    store.follow();
    await settled();
    expect(gateway.issues).toHaveBeenCalledTimes(1);
    expect([store.state(), ids()]).toEqual(['ready', ['a']]);
  });

  it('are not said to be none while the collector still reads its log', async () => {
    vi.useFakeTimers();
    try {
      gateway.issues.mockResolvedValueOnce({ issues: [], indexed: false });
      await store.load();
      expect([store.state(), ids()]).toEqual(['loading', []]);
      await vi.advanceTimersByTimeAsync(1_000);
      expect([store.state(), ids()]).toEqual(['ready', ['a']]);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(gateway.issues).toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it('can be asked for again where the collector went away while it read its log', async () => {
    vi.useFakeTimers();
    try {
      gateway.issues.mockResolvedValueOnce({ issues: [], indexed: false });
      await store.load();
      gateway.issues.mockRejectedValueOnce(new Error('away'));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(store.state()).toBe('failed');
      await store.load();
      expect([store.state(), ids()]).toEqual(['ready', ['a']]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('come as they happen, and those that wait for somebody are counted', () => {
    stream.tell('issue', issue('b', 2));
    expect([ids(), store.open()]).toEqual([['b', 'a'], 2]);
    stream.tell('issue', issue('a', 3, { status: 'resolved' }));
    expect([ids(), store.open()]).toEqual([['a', 'b'], 1]);
  });

  it('are read again when the stream has lost something', async () => {
    gateway.issues.mockResolvedValue({ issues: [issue('c', 9)], indexed: true });
    stream.miss();
    await vi.waitFor(() => expect(ids()).toEqual(['c']));
  });

  it('are as the later answer says, whichever comes last', async () => {
    const answers: ((reply: unknown) => void)[] = [];
    gateway.issues.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
    void store.load();
    void store.load();
    answers[1]?.({ issues: [issue('new', 9)], indexed: true });
    answers[0]?.({ issues: [issue('old', 8)], indexed: true });
    await settled();
    expect(ids()).toEqual(['new']);
  });

  it('are as they were told while an answer was under way', async () => {
    let answer: (reply: unknown) => void = () => undefined;
    gateway.issues.mockReturnValue(new Promise((resolve) => (answer = resolve)));
    void store.load();
    stream.tell('issue', issue('b', 5));
    stream.tell('issue', issue('a', 6, { status: 'regressed' }));
    answer({ issues: [issue('c', 9), issue('a', 1, { status: 'resolved' })], indexed: true });
    await settled();
    expect(store.issues().map(({ issue_id, status }) => [issue_id, status])).toEqual([
      ['c', 'unresolved'],
      ['a', 'regressed'],
      ['b', 'unresolved'],
    ]);
  });

  it('stay when the collector does not answer, and an empty list says so', async () => {
    gateway.issues.mockRejectedValue(new Error('away'));
    await store.load();
    expect([store.state(), ids()]).toEqual(['ready', ['a']]);
    TestBed.resetTestingModule().configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    const other = TestBed.inject(IssueStore);
    other.follow();
    await settled();
    expect(other.state()).toBe('failed');
    // A message about an issue shows that the collector replies again.
    gateway.issues.mockResolvedValue({ issues: [issue('b', 2), issue('a', 1)], indexed: true });
    stream.tell('issue', issue('b', 2));
    await vi.waitFor(() => expect([other.state(), other.open()]).toEqual(['ready', 2]));
  });

  it('are as the collector says after a decision', async () => {
    gateway.decideIssue.mockResolvedValue(issue('a', 1, { status: 'resolved' }));
    await store.decide('a', 'resolved');
    expect(store.open()).toBe(0);
    gateway.decideIssue.mockRejectedValue(new Error('away'));
    await expect(store.decide('a', 'unresolved')).rejects.toThrow('away');
    expect(store.open()).toBe(0);
  });
});
