import { Injectable } from '@angular/core';

import { readJson } from './exact-json';
import { NoAnswer, Problem } from './problem';
import {
  Faults,
  Overhead,
  ProblemFigures,
  ProblemId,
  ProblemState,
  Problems,
  Releases,
  Traffic,
  TrafficWish,
} from './problems-wire';
import {
  Delivery,
  EnvelopeDetail,
  EnvelopeState,
  EnvelopeSummary,
  IssueDetail,
  IssueSummary,
  ServiceMap,
  Settings,
  SettingsChange,
  TestOutcome,
  TraceDetail,
  TraceQuery,
  TracesReply,
} from './telemetry-wire';
import {
  HealthReply,
  PaytableReply,
  Player,
  ProblemBody,
  RoundStanding,
  RoundsReply,
  SetAside,
  SessionReply,
  SpinReply,
} from './wire';

/** Longer than any deadline of the gateway: whatever takes more is not going to answer. */
const PATIENCE_MS = 30_000;
/** A switch that rewrites every player is answered at its end. */
const SWITCH_PATIENCE_MS = 180_000;

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  patience?: number;
}

/** The only door to the network: every request of this page leaves from here. */
@Injectable({ providedIn: 'root' })
export class Gateway {
  /** A player whose id is known need not be looked up by the account code. */
  openSession(account_code: string, player_id?: string): Promise<SessionReply> {
    return this.send('/v1/sessions', { method: 'POST', body: { account_code, player_id } });
  }

  player(token: string): Promise<Player> {
    return this.send('/v1/players/me', { token });
  }

  paytable(): Promise<PaytableReply> {
    return this.send('/v1/paytable');
  }

  /**
   * The same key means the same spin: repeating it returns the first reply, never a second bet. A new spin that has the
   * seed of another round draws the board of that round.
   */
  spin(
    token: string,
    idempotencyKey: string,
    stake: number,
    sameSeedAs: string | null = null,
  ): Promise<SpinReply> {
    return this.send('/v1/spins', {
      method: 'POST',
      token,
      body: sameSeedAs === null ? { stake } : { stake, same_seed_as: sameSeedAs },
      headers: { 'Idempotency-Key': idempotencyKey },
    });
  }

  rounds(token: string, limit: number): Promise<RoundsReply> {
    return this.send(`/v1/rounds?limit=${limit}`, { token });
  }

  /** What became of a round of the player's; one that the ledger does not know is answered for too. */
  round(token: string, id: string): Promise<RoundStanding> {
    return this.send(`/v1/rounds/${encodeURIComponent(id)}`, { token });
  }

  health(): Promise<HealthReply> {
    return this.send('/v1/health');
  }

  /** Damaged databases that nobody has read about yet. */
  setAside(): Promise<{ notices: readonly SetAside[] }> {
    return this.send('/notices');
  }

  /** Somebody has. */
  readSetAside(id: string): Promise<unknown> {
    return this.send(`/notices/${encodeURIComponent(id)}`, { method: 'DELETE' });
  }

  settings(): Promise<Settings> {
    return this.send('/settings');
  }

  changeSettings(change: SettingsChange): Promise<Settings> {
    return this.send('/settings', { method: 'PUT', body: change });
  }

  /** Newest first; `next` of the reply is the `cursor` of the page behind it. */
  traces(query: TraceQuery): Promise<TracesReply> {
    const wanted = Object.entries(query).map(([name, value]) => [name, String(value)]);
    return this.send(`/telemetry/traces?${new URLSearchParams(wanted)}`);
  }

  trace(id: string): Promise<TraceDetail> {
    return this.send(`/telemetry/traces/${encodeURIComponent(id)}`);
  }

  /** Last seen first. */
  issues(limit: number): Promise<{ issues: readonly IssueSummary[]; indexed: boolean }> {
    return this.send(`/telemetry/issues?limit=${limit}`);
  }

  issue(id: string): Promise<IssueDetail> {
    return this.send(`/telemetry/issues/${encodeURIComponent(id)}`);
  }

  decideIssue(id: string, status: 'resolved' | 'unresolved'): Promise<IssueSummary> {
    return this.send(`/telemetry/issues/${encodeURIComponent(id)}`, {
      method: 'POST',
      body: { status },
    });
  }

  serviceMap(): Promise<ServiceMap> {
    return this.send('/telemetry/map');
  }

  delivery(): Promise<Delivery> {
    return this.send('/telemetry/delivery');
  }

  /** Newest first; `next` of the reply is the `before` of the page behind it. */
  envelopes(
    state: EnvelopeState | '',
    limit: number,
    before?: number,
  ): Promise<{ envelopes: readonly EnvelopeSummary[]; next?: number }> {
    const filter = state === '' ? '' : `&state=${state}`;
    const below = before === undefined ? '' : `&before=${before}`;
    return this.send(`/telemetry/envelopes?limit=${limit}${filter}${below}`);
  }

  envelope(seq: number): Promise<EnvelopeDetail> {
    return this.send(`/telemetry/envelopes/${seq}`);
  }

  /** One dead envelope, or all of them. */
  retryDead(seq?: number): Promise<{ changed: number }> {
    const body = seq === undefined ? {} : { seq };
    return this.send('/telemetry/delivery/retry', { method: 'POST', body });
  }

  decideHeld(action: 'send' | 'discard'): Promise<unknown> {
    return this.send('/telemetry/delivery/held', { method: 'POST', body: { action } });
  }

  /** Sends one real envelope to the DSN in use. */
  testDelivery(): Promise<TestOutcome> {
    return this.send('/telemetry/delivery/test', { method: 'POST', body: {} });
  }

  problems(): Promise<Problems> {
    return this.send('/problems');
  }

  /** What every one of these answers is how all problems stand then. */
  switchProblem(id: ProblemId, state: ProblemState): Promise<Problems> {
    return this.steer('PUT', `/problems/${id}`, { state });
  }

  failNextPayment(): Promise<Problems> {
    return this.steer('POST', '/problems/payment-errors/fire', {});
  }

  startOfDemo(): Promise<Problems> {
    return this.steer('POST', '/problems/reset', {});
  }

  chooseRelease(release: string): Promise<Problems> {
    return this.steer('PUT', '/problems/release', { release });
  }

  figures(): Promise<ProblemFigures> {
    return this.send('/problems/figures');
  }

  releases(): Promise<Releases> {
    return this.send('/problems/releases');
  }

  traffic(): Promise<Traffic> {
    return this.send('/traffic');
  }

  setTraffic(wish: TrafficWish): Promise<Traffic> {
    return this.send('/traffic', { method: 'PUT', body: wish });
  }

  faults(): Promise<Faults> {
    return this.send('/faults');
  }

  /** Each answer is how all faults stand then. */
  switchFault(id: string, state: ProblemState): Promise<Faults> {
    const path = `/faults/${encodeURIComponent(id)}`;
    return this.send(path, { method: 'PUT', body: { state }, patience: SWITCH_PATIENCE_MS });
  }

  fireFault(id: string): Promise<Faults> {
    return this.send(`/faults/${encodeURIComponent(id)}/fire`, { method: 'POST', body: {} });
  }

  overhead(): Promise<Overhead> {
    return this.send('/overhead');
  }

  /** Is answered at the start; the measurement takes its time. */
  measureOverhead(sampleRate: number): Promise<Overhead> {
    return this.send('/overhead', { method: 'POST', body: { sample_rate: sampleRate } });
  }

  cancelOverhead(): Promise<Overhead> {
    return this.send('/overhead', { method: 'DELETE' });
  }

  private steer(method: 'POST' | 'PUT', path: string, body: unknown): Promise<Problems> {
    return this.send(path, { method, body, patience: SWITCH_PATIENCE_MS });
  }

  private async send<T>(path: string, call: Call = {}): Promise<T> {
    const headers: Record<string, string> = { Accept: 'application/json', ...call.headers };
    if (call.token) headers['Authorization'] = `Bearer ${call.token}`;
    if (call.body !== undefined) headers['Content-Type'] = 'application/json';

    let response: Response;
    let text: string;
    try {
      response = await fetch(`/api${path}`, {
        method: call.method ?? 'GET',
        headers,
        body: call.body === undefined ? null : JSON.stringify(call.body),
        cache: 'no-store',
        signal: AbortSignal.timeout(call.patience ?? PATIENCE_MS),
      });
      text = await response.text();
    } catch (cause) {
      // A body that breaks off is as good as no answer: what it said is not known.
      throw new NoAnswer('the gateway did not answer', { cause });
    }
    if (!response.ok) throw problemOf(response, text);
    return parsed(text) as T;
  }
}

function problemOf(response: Response, text: string): Problem {
  const body = parsed(text) as Partial<ProblemBody> | undefined;
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new Problem(
    {
      ...body,
      status: response.status,
      code: body?.code ?? 'internal',
    },
    retryAfter > 0 ? retryAfter : null,
  );
}

function parsed(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}
