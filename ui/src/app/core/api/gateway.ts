import { Injectable } from '@angular/core';
import createClient from 'openapi-fetch';

import { readJson } from './exact-json';
import { TraceQuery } from './parts';
import { NoAnswer, ApiProblem, ProblemBody } from './api-problem';
import {
  EnvelopeState,
  FaultId,
  FaultState,
  HeldAction,
  IssueDecision,
  SetTraffic,
  SettingsChange,
  paths,
} from './schema';

/**
 * Limit of waiting for a reply, in milliseconds. It exceeds every deadline of the gateway, so that no
 * reply comes later.
 */
export const PATIENCE_MS = 30_000;
/**
 * Limit of waiting for a switch, in milliseconds. A switch that rewrites all players is answered at
 * its end.
 */
const SWITCH_PATIENCE_MS = 180_000;

/** A reply as openapi-fetch returns it. */
interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** A request with its body as text, because reading the body of a plain request is asynchronous. */
export class TextRequest extends Request {
  readonly content: string | null;

  constructor(address: RequestInfo | URL, init?: RequestInit) {
    super(address, init);
    this.content = typeof init?.body === 'string' ? init.body : null;
  }
}

export const api = clientWith(PATIENCE_MS);
export const patient = clientWith(SWITCH_PATIENCE_MS);

/**
 * The only access to the network: every request of the page is sent here, or by `PresentationGateway`,
 * `CalculatorGateway` and `ReportGateway`, which are loaded with what needs them.
 */
@Injectable({ providedIn: 'root' })
export class Gateway {
  /** With a known player id the gateway does not look the player up by account code. */
  openSession(account_code: string, player_id?: string) {
    return answerOf(api.POST('/api/v1/sessions', { body: { account_code, player_id } }));
  }

  player(token: string) {
    return answerOf(api.GET('/api/v1/players/me', signedIn(token)));
  }

  paytable() {
    return answerOf(api.GET('/api/v1/paytable'));
  }

  /**
   * Makes a spin. Repeating it with the same key returns the first reply and makes no second bet. A
   * new spin with the seed of another round draws the board of that round.
   */
  spin(token: string, idempotencyKey: string, stake: number, sameSeedAs: string | null = null) {
    return answerOf(
      api.POST('/api/v1/spins', {
        ...signedIn(token),
        params: { header: { 'Idempotency-Key': idempotencyKey } },
        body: sameSeedAs === null ? { stake } : { stake, same_seed_as: sameSeedAs },
      }),
    );
  }

  rounds(token: string, limit: number) {
    return answerOf(
      api.GET('/api/v1/rounds', { ...signedIn(token), params: { query: { limit } } }),
    );
  }

  /** The state of a round of the player; a round that the ledger does not know has a reply too. */
  round(token: string, round_id: string) {
    return answerOf(
      api.GET('/api/v1/rounds/{round_id}', { ...signedIn(token), params: { path: { round_id } } }),
    );
  }

  health() {
    return answerOf(api.GET('/api/v1/health'));
  }

  /** Notices about damaged databases that nobody has read yet. */
  setAside() {
    return answerOf(api.GET('/api/notices'));
  }

  /** Marks a notice as read. */
  readSetAside(id: string) {
    return answerOf(api.DELETE('/api/notices/{id}', { params: { path: { id } } }));
  }

  settings() {
    return answerOf(api.GET('/api/settings'));
  }

  changeSettings(change: SettingsChange) {
    return answerOf(api.PUT('/api/settings', { body: change }));
  }

  /** Newest first; `next` of the reply is the `cursor` of the next page. */
  traces(query: TraceQuery) {
    return answerOf(api.GET('/api/telemetry/traces', { params: { query } }));
  }

  trace(id: string) {
    return answerOf(api.GET('/api/telemetry/traces/{id}', { params: { path: { id } } }));
  }

  /** Last seen first. */
  issues(limit: number) {
    return answerOf(api.GET('/api/telemetry/issues', { params: { query: { limit } } }));
  }

  issue(id: string) {
    return answerOf(api.GET('/api/telemetry/issues/{id}', { params: { path: { id } } }));
  }

  decideIssue(id: string, status: IssueDecision) {
    return answerOf(
      api.POST('/api/telemetry/issues/{id}', { params: { path: { id } }, body: { status } }),
    );
  }

  serviceMap() {
    return answerOf(api.GET('/api/telemetry/map'));
  }

  delivery() {
    return answerOf(api.GET('/api/telemetry/delivery'));
  }

  /** Newest first; `next` of the reply is the `before` of the next page. */
  envelopes(state: EnvelopeState | '', limit: number, before?: number) {
    const query = { limit, state: state === '' ? undefined : state, before };
    return answerOf(api.GET('/api/telemetry/envelopes', { params: { query } }));
  }

  envelope(seq: number) {
    return answerOf(api.GET('/api/telemetry/envelopes/{seq}', { params: { path: { seq } } }));
  }

  /** Retries one dead envelope, or all. */
  retryDead(seq?: number) {
    return answerOf(api.POST('/api/telemetry/delivery/retry', { body: { seq } }));
  }

  decideHeld(action: HeldAction) {
    return answerOf(api.POST('/api/telemetry/delivery/held', { body: { action } }));
  }

  /** Sends one real envelope to the DSN in use. */
  testDelivery() {
    return answerOf(api.POST('/api/telemetry/delivery/test', { body: {} }));
  }

  faults() {
    return answerOf(api.GET('/api/faults'));
  }

  /** Each of these requests returns the state of all faults. */
  switchFault(id: FaultId, state: FaultState, for_seconds?: number) {
    const body = for_seconds === undefined ? { state } : { state, for_seconds };
    return answerOf(patient.PUT('/api/faults/{id}', { params: { path: { id } }, body }));
  }

  fireFault(id: FaultId) {
    return answerOf(patient.POST('/api/faults/{id}/fire', { params: { path: { id } }, body: {} }));
  }

  startOfDemo() {
    return answerOf(patient.POST('/api/faults/reset', { body: {} }));
  }

  chooseRelease(release: string) {
    return answerOf(patient.PUT('/api/faults/release', { body: { release } }));
  }

  problemCosts() {
    return answerOf(api.GET('/api/faults/costs'));
  }

  figures() {
    return answerOf(api.GET('/api/faults/figures'));
  }

  releases() {
    return answerOf(api.GET('/api/faults/releases'));
  }

  traffic() {
    return answerOf(api.GET('/api/traffic'));
  }

  setTraffic(wish: SetTraffic) {
    return answerOf(api.PUT('/api/traffic', { body: wish }));
  }

  overhead() {
    return answerOf(api.GET('/api/overhead'));
  }

  /** Answered when the measurement begins; it takes minutes. */
  measureOverhead(sample_rate: number) {
    return answerOf(api.POST('/api/overhead', { body: { sample_rate } }));
  }

  cancelOverhead() {
    return answerOf(api.DELETE('/api/overhead'));
  }
}

function signedIn(token: string) {
  return { headers: { Authorization: `Bearer ${token}` } };
}

/** Requires openapi-fetch 0.16: the types of 0.17 treat `Micros` and readonly lists as objects. */
function clientWith(patienceMs: number) {
  return createClient<paths, 'application/json'>({
    baseUrl: location.origin,
    headers: { Accept: 'application/json' },
    Request: TextRequest,
    fetch: (request) => answered(request as TextRequest, AbortSignal.timeout(patienceMs)),
  });
}

/**
 * Sends a request by its path alone, which becomes its name in traces, and parses numbers without
 * loss. The request is sent before anything is awaited, so that it belongs to the active span.
 */
export async function answered(request: TextRequest, signal: AbortSignal): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const response = await fetch(pathname + search, {
    method: request.method,
    headers: Object.fromEntries(request.headers),
    body: request.content,
    cache: 'no-store',
    signal,
  });
  const text = await response.text();
  const headers = new Headers(response.headers);
  // openapi-fetch parses a reply without a length as JSON by itself.
  headers.set('Content-Length', String(text.length));
  const whole = new Response(text === '' ? null : text, { status: response.status, headers });
  whole.json = () => Promise.resolve(parsed(text));
  return whole;
}

export async function answerOf<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await call;
  } catch (cause) {
    // A reply that breaks off has an unknown content, so it counts as no reply.
    throw new NoAnswer('the gateway did not answer', { cause });
  }
  if (!answer.response.ok) throw problemOf(answer.response, answer.error);
  return answer.data as T;
}

function problemOf(response: Response, error: unknown): ApiProblem {
  const body = typeof error === 'object' ? (error as Partial<ProblemBody> | null) : null;
  const retryAfter = Number(response.headers.get('Retry-After'));
  return new ApiProblem(
    { ...body, status: response.status, code: body?.code ?? 'internal' },
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
