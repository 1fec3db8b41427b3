import { ChangeDetectionStrategy, Component, Type, input } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { ReportGateway } from '../core/api/report-gateway';
import { micros } from '../core/api/micros';
import { PaytableStore } from '../core/api/paytable-store';
import { RoundsStore } from '../core/api/rounds-store';
import { Figures, MapTraffic, TraceSummary } from '../core/api/schema';
import { Session } from '../core/api/session';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { Language, provideLanguages } from '../core/i18n/language';
import { PSEUDO } from '../core/i18n/languages';
import { IssueStore } from '../issues/issue-store';
import { languageNamed } from '../testing/languages';
import { TRACE as NOTHING } from '../testing/replies';
import { ResizeObserverDouble } from '../testing/resize-observer-double';
import { StreamDouble } from '../testing/stream-double';

/*
 * The doubles of the services send no plain letter, so that each visible plain letter is one of a text without a
 * phrase.
 */
const FIGURES: Figures = {
  spins: 40,
  recorded: 40,
  failed: 4,
  p50_ms: 100,
  p95_ms: 900,
  p99_ms: 950,
  error_rate_percent: 10,
  per_second: 1,
  waited_s_per_player: 1,
  failed_minor: 4_000,
  requests: 160,
  failed_requests: 4,
  overall_error_rate_percent: 2.5,
};
const TRAFFIC: MapTraffic = {
  calls: 20,
  per_minute: 4,
  errors: 1,
  p50_us: micros(2_000),
  p95_us: micros(90_000),
};
const TRACE: TraceSummary = {
  ...NOTHING,
  trace_id: '1',
  name: 'slot-machine-spin',
  op: '1',
  service: '1',
  root_span_id: '1',
  first_envelope: 1,
  start_us: micros(1_000_000),
  duration_us: micros(4_000),
  root_us: micros(3_000),
  background_us: micros(1_000),
  spans: 2,
  transactions: 1,
  errors: 1,
  logs: 1,
  status: 'ok',
  ok: false,
  release: '1.0.0',
  measurements: {
    stake: { value: 10, unit: 'none' },
    payout: { value: 5, unit: 'none' },
  },
  currency: 'RUB',
  problems: [],
  virtual_player: false,
  services: [
    {
      service: '1',
      transactions: 1,
      errors: 1,
      requests: 1,
      failed_requests: 0,
      own_us: micros(9),
      waiting_us: micros(9),
    },
  ],
  external: [],
  critical_path: [{ actor: '1', time_us: micros(1) }],
  oddities: ['missing_root'],
};
const SPAN = {
  span_id: '1',
  transaction: true,
  service: '1',
  op: '1',
  description: '1',
  start_us: micros(1_000_000),
  end_us: micros(1_003_000),
  status: 'internal_error',
  data: { '1': 1 },
  tags: {},
  measurements: {},
  seq: 1,
};
const EVENT = {
  event_id: '1',
  issue_id: '1',
  service: '1',
  level: 'error',
  kind: '1',
  value: '1',
  span_id: '1',
  at_us: micros(1_001_000),
  tags: {},
  frames: [
    { function: '1', in_app: true },
    { function: '2', in_app: false },
  ],
  frames_total: 70,
  breadcrumbs: [{ category: '1', level: '1', message: '1', data: {} }],
  breadcrumbs_total: 2,
  grouping: { by: 'stack', parts: ['1'], parts_total: 1 },
  seq: 1,
};
const ISSUE = {
  issue_id: '1',
  kind: '1',
  value: '1',
  culprit: '1',
  level: 'error',
  events: 3,
  players: 2,
  services: ['1'],
  releases: ['1.0.0'],
  first_seen_us: micros(1_000_000),
  last_envelope: 1,
  last_seen_us: micros(2_000_000),
  recent: { from_us: micros(0), each_us: micros(30_000_000), counts: [3] },
  stakes: [{ currency: 'RUB', spins: 2, held: 1, returned: 2, settled: 3 }],
  trace_ids: ['1'],
  share: { service: '1', transaction: '1', failed: 2, requests: 20 },
  status: 'regressed',
  resolved_in: '1.0.0',
  regressed_in: '1.1.0',
};
const BOARD = Array.from({ length: 5 }, () => ['seven', 'gem', 'bar'] as const);
const ROUND = {
  round_id: '1',
  stake: 1_000,
  payout: 500,
  currency: 'RUB',
  status: 'posted',
  created_at: '2026-01-01T00:00:00Z',
  settled_at: '2026-01-01T00:00:01Z',
  seed: '1',
  stops: [1, 2, 3, 4, 5],
  board: BOARD,
};
const PLAYER = {
  player_id: '1',
  account_code: '1',
  display_name: '1',
  currency: 'RUB',
  balance: 100_000,
  reserved: 0,
  limits: { min_stake: 1_000, max_stake: 10_000, stake_step: 1_000 },
};
const FRACTION = { numerator: '96', denominator: '100' };
const REPLIES = {
  openSession: { token: '1', token_type: '1', expires_at: '', player: PLAYER },
  player: PLAYER,
  paytable: {
    game: '1',
    rows: 3,
    reels: 5,
    stakes: [1_000],
    symbols: [
      { symbol: 'wild', kind: 'wild', pays: [] },
      { symbol: 'seven', kind: 'regular', pays: [{ count: 3, pays: 45 }] },
      { symbol: 'scatter', kind: 'scatter', pays: [{ count: 3, pays: 2 }] },
    ],
    paylines: [[1, 1, 1, 1, 1]],
    reel_strips: BOARD,
    par_sheet: {
      cycle: '100',
      rtp_percent: 96,
      rtp: FRACTION,
      hit_frequency_percent: 30,
      hit_frequency: FRACTION,
      volatility: { standard_deviation: 4.5, index_90: 7, class: 'medium' },
      max_payout: 1_000,
      contributions: [{ symbol: 'seven', rtp_percent: 96 }],
    },
  },
  rounds: { rounds: [ROUND, { ...ROUND, round_id: '2', status: 'voided' }] },
  health: { status: 'ok', release: '1.0.0', services: {}, seeding: { done: 1, total: 2 } },
  setAside: {
    notices: [
      { id: '1', code: 'database_set_aside', database: 'wallets', path: '/1', at: '2026-01-01' },
    ],
  },
  settings: {
    dsn: null,
    dsn_by_service: {},
    environment: '1',
    release: '1.0.0',
    traces_sample_rate: 1,
    organization: '1',
    sending: true,
    scrubbing: true,
    collector_dsn: '1',
    kept: false,
  },
  traces: { traces: [TRACE], last_minute: 1, indexed: true },
  trace: {
    summary: TRACE,
    spans: [SPAN, { ...SPAN, span_id: '2', parent_span_id: '1', transaction: false }],
    errors: [EVENT],
    logs: [
      {
        level: '1',
        message: '1',
        service: '1',
        span_id: '1',
        at_us: micros(1_002_000),
        attributes: {},
        seq: 1,
      },
    ],
    metrics: [],
    envelopes: [1],
  },
  issues: { issues: [ISSUE], indexed: true },
  issue: { summary: ISSUE, events: [EVENT], times_us: [micros(1_000_000), micros(2_000_000)] },
  serviceMap: {
    nodes: [
      { id: '1', kind: 'service', traffic: TRAFFIC, path_us: 1 },
      { id: '1/2', kind: 'database', traffic: TRAFFIC, path_us: 1 },
      { id: '3', kind: 'external', traffic: TRAFFIC, path_us: 1 },
    ],
    edges: [
      { from: '1', to: '1/2', traffic: TRAFFIC },
      { from: '1', to: '3', traffic: TRAFFIC },
    ],
    traces: 2,
    path_traces: 2,
    path_us: 4,
    from_us: micros(1_000_000),
    left_out: 2,
    estimated: true,
    indexed: true,
  },
  delivery: {
    captured: 4,
    delivered: 1,
    held: 2,
    dead: 1,
    held_by_reason: { waiting: 1, other_destination: 1 },
    dead_by_reason: { rejected: 1 },
    refused_by_code: { payload_too_large: 1 },
    refusals: [{ code: 'payload_too_large', detail: '1', at: 1 }],
    sending: true,
    destinations: [{ dsn: '1', next_attempt_at: 1 }],
    rate_limits: [{ destination: '1', category: '1', until: 1 }],
    last_error: { code: 'dns', detail: '1', destination: '1', at: 1 },
    notices: [{ code: 'evicted', detail: '1', at: 1 }],
  },
  envelopes: {
    envelopes: [
      {
        seq: 1,
        slot: '1',
        received_at: 1,
        bytes: 100,
        categories: ['1'],
        state: 'dead',
        reason: 'rejected',
      },
    ],
  },
  problems: {
    release: '1.0.0',
    releases: [
      { version: '1.0.0', problems: ['slow-rng'] },
      { version: '1.1.0', problems: [] },
    ],
    problems: (['missing-index', 'slow-rng', 'slow-provider', 'payment-errors'] as const).map(
      (id, place) => ({
        id,
        service: '1',
        state: place === 3 ? 'fixed' : 'on',
        switching: null,
        ends_in_ms: null,
        switched_at: 1,
        switched_ms_ago: 1,
        observed: place === 1 ? { count: 2, trace_id: '1', at: 1, ms: 100 } : null,
      }),
    ),
    armed_failures: 2,
    ready: true,
  },
  figures: {
    since: 1,
    now: FIGURES,
    left_out: 2,
    virtual_spins: 2,
    pairs: [
      {
        problem: 'all',
        before: null,
        after: null,
        slowed: null,
        before_trace: null,
        after_trace: null,
      },
      {
        problem: 'slow-rng',
        before: FIGURES,
        after: { ...FIGURES, p95_ms: 90 },
        slowed: { actor: '1', before_p95_ms: 900, after_p95_ms: 9 },
        before_trace: '1',
        after_trace: '2',
      },
    ],
  },
  releases: {
    since: 1,
    left_out: 2,
    virtual_spins: 2,
    exact_rtp_percent: 96,
    releases: [
      {
        release: '1.0.0',
        changes: ['slow-rng', 'missing-index-fixed'],
        figures: FIGURES,
        rtp_percent: 96,
        rtp_band_percent: 20,
        regressions: [
          {
            figure: 'p95',
            expected: 1,
            measured: 9,
            standard_errors: 4,
            service: '1',
            suspect: 'slow-rng',
          },
        ],
      },
    ],
  },
  traffic: {
    running: true,
    players: 2,
    budget_percent: 50,
    spins: 2,
    failed: 1,
    per_second: 1,
    p95_ms: 100,
    wanted_per_second: 2,
    cpu_percent: 10,
    throttled: true,
  },
  faults: {
    release: '1',
    releases: [],
    faults: [
      {
        id: 'slow-report',
        service: '1',
        how: 'switch',
        group: 'extra',
        fixable: true,
        fired: 0,
        state: 'on',
        observed: { count: 2, trace_id: '1', at: 1 },
      },
    ],
  },
  dailyReport: {
    day: '2026-01-31',
    totals: [{ currency: 'USD', bets: 2, stakes: 200, payouts: 100 }],
  },
  overhead: {
    running: false,
    done: 0,
    total: 0,
    sample_rate: 1,
    spins: 10,
    concurrency: 2,
    result: null,
    failed: null,
  },
};

/** jsdom draws nothing. */
@Component({
  selector: 'rs-line-chart',
  template: '{{ label() }} {{ pointText()(0) }}',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class ChartDouble {
  readonly drawing = input.required<unknown>();
  readonly label = input.required<string>();
  readonly pointText = input.required<(index: number) => string>();
}

interface Screen {
  readonly name: string;
  /** The address of the page. */
  readonly path: string;
  readonly load: () => Promise<Type<unknown>>;
  readonly inputs?: Readonly<Record<string, unknown>>;
}
const SCREENS: readonly Screen[] = [
  { name: 'header', path: '/', load: async () => (await import('./header')).Header },
  { name: 'account', path: '/', load: async () => (await import('./account')).Account },
  { name: 'keys', path: '/', load: async () => (await import('./key-list')).KeyList },
  {
    name: 'keys of traces',
    path: '/traces',
    load: async () => (await import('./key-list')).KeyList,
  },
  { name: 'set aside', path: '/', load: async () => (await import('./set-aside')).SetAsideNotices },
  { name: 'machine', path: '/', load: async () => (await import('../slot/machine')).Machine },
  {
    name: 'problems',
    path: '/',
    load: async () => (await import('../problems/problems-tab')).ProblemsTab,
  },
  { name: 'rounds', path: '/', load: async () => (await import('../rounds/rounds-tab')).RoundsTab },
  {
    name: 'paytable',
    path: '/',
    load: async () => (await import('../paytable/paytable-tab')).PaytableTab,
  },
  { name: 'PAR sheet', path: '/', load: async () => (await import('../paytable/par-tab')).ParTab },
  {
    name: 'traces',
    path: '/traces',
    load: async () => (await import('../traces/list/list-page')).TraceListPage,
  },
  {
    name: 'trace',
    path: '/traces/1',
    load: async () => (await import('../traces/trace-page')).TracePage,
  },
  {
    name: 'two traces',
    path: '/traces/1/with/2',
    load: async () => (await import('../traces/compare/compare-page')).ComparePage,
  },
  {
    name: 'issues',
    path: '/issues',
    load: async () => (await import('../issues/issue-list-page')).IssueListPage,
  },
  {
    name: 'issue',
    path: '/issues/1',
    load: async () => (await import('../issues/issue-page')).IssuePage,
    inputs: { id: '1' },
  },
  { name: 'map', path: '/map', load: async () => (await import('../map/map-page')).MapPage },
  {
    name: 'business',
    path: '/business',
    load: async () => {
      const [{ BusinessPage }, { LineChart }, { MoneyCard }, { RtpCard }] = await Promise.all([
        import('../business/business-page'),
        import('../business/line-chart'),
        import('../business/money-card'),
        import('../business/rtp-card'),
      ]);
      const doubled = { remove: { imports: [LineChart] }, add: { imports: [ChartDouble] } };
      TestBed.overrideComponent(MoneyCard, doubled).overrideComponent(RtpCard, doubled);
      return BusinessPage;
    },
  },
  {
    name: 'impact',
    path: '/business',
    load: async () => (await import('../impact/impact-page')).ImpactPage,
  },
  {
    name: 'daily report',
    path: '/business/report?day=2026-01-31',
    load: async () => (await import('../daily-report/daily-report-page')).DailyReportPage,
  },
  {
    name: 'releases',
    path: '/business/releases',
    load: async () => (await import('../releases/releases-page')).ReleasesPage,
  },
  {
    name: 'delivery',
    path: '/delivery',
    load: async () => (await import('../delivery/delivery-page')).DeliveryPage,
  },
  {
    name: 'delivery strip',
    path: '/',
    load: async () => (await import('../delivery/delivery-strip')).DeliveryStrip,
  },
  {
    name: 'settings',
    path: '/settings',
    load: async () => (await import('../settings/settings-page')).SettingsPage,
  },
];

describe('a language that nobody writes', () => {
  beforeEach(() => {
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    vi.stubGlobal('IntersectionObserver', ResizeObserverDouble);
    // The chart library queries the screen when it is loaded; jsdom has none.
    vi.stubGlobal('matchMedia', () => ({ addEventListener: vi.fn() }));
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(800);
  });
  afterEach(async () => {
    await TestBed.inject(Language).choose(languageNamed('en'));
    history.replaceState(null, '', '/');
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
  });

  for (const { name, path, load, inputs = {} } of SCREENS)
    it(`is all that ${name} says`, async () => {
      history.replaceState(null, '', path);
      const screen = await load();
      const gateway = Object.fromEntries(
        Object.entries(REPLIES).map(([method, reply]) => [method, () => Promise.resolve(reply)]),
      );
      await TestBed.configureTestingModule({
        imports: [screen],
        providers: [
          provideLanguages(),
          { provide: Gateway, useValue: gateway },
          { provide: ReportGateway, useValue: gateway },
          { provide: TelemetryStream, useValue: new StreamDouble() },
        ],
      }).compileComponents();
      await TestBed.inject(Language).choose(PSEUDO);
      await TestBed.inject(Session).open('1');
      await TestBed.inject(PaytableStore).load();
      await TestBed.inject(RoundsStore).refresh();
      TestBed.inject(IssueStore).follow();
      const fixture = TestBed.createComponent(screen);
      for (const [input, value] of Object.entries(inputs))
        fixture.componentRef.setInput(input, value);
      for (let turn = 0; turn < 3; turn += 1) {
        await fixture.whenStable();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      const page = fixture.nativeElement as HTMLElement;
      const said = textsIn(page);
      fixture.destroy();
      expect(said.some((text) => /[áéñóŕšŧ]/.test(text))).toBe(true);
      expect(said.filter((text) => /\{\{|\}\}/.test(text))).toEqual([]);
      expect(said.filter((text) => PLAIN.test(text.replace(KNOWN, '')))).toEqual([]);
    });
});

const PLAIN = /[A-Za-z]{2}/;
/** Texts that are equal in every language or written by Intl: units, months, keys, file formats, names of services. */
const KNOWN = new RegExp(
  `\\b(${[
    ...[
      'ms',
      'min',
      'Jan',
      'Dec',
      'GMT',
      'days',
      'ago',
      'Enter',
      'Shift',
      'Esc',
      'PgDn',
      'PgUp',
      'JSON',
      'HTML',
      'USD',
    ],
    ...['ok', 'internal_error', 'slot-machine-spin'],
    ...['frontend', 'api-gateway', 'user-service', 'game-engine', 'payment-service'],
  ].join('|')})\\b`,
  'g',
);

/** All texts of a page that a person reads or hears. */
function textsIn(shown: HTMLElement): string[] {
  const texts: string[] = [];
  const page = shown.cloneNode(true) as HTMLElement;
  // The parts of a name are one text.
  for (const name of page.querySelectorAll('rs-dotted-name'))
    name.textContent = `${name.textContent}`;
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode())
    if (!node.parentElement?.closest('style, option')) texts.push(node.textContent ?? '');
  for (const element of page.querySelectorAll('*'))
    for (const attribute of ['title', 'aria-label', 'alt', 'placeholder', 'data-tip'])
      texts.push(element.getAttribute(attribute) ?? '');
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}
