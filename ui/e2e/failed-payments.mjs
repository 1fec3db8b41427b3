/*
 * Payments that are sent to the real collector as a customer's payment service sends them: successful ones as
 * transactions, a failed one as a transaction and its error.
 */
import { hex, send } from './envelopes.mjs';

const NAME = 'POST /payments';
const SERVICE = 'shop-payments';
/** Money of a spin, in major units. */
const STAKE = 10;
/** Duration of a payment, in milliseconds. */
export const PAYMENT_MS = 400;

function payment(trace, span, status, release, measurements) {
  const end = Date.now() / 1000;
  const payload = {
    type: 'transaction',
    event_id: hex(32),
    transaction: NAME,
    start_timestamp: end - PAYMENT_MS / 1000,
    timestamp: end,
    platform: 'other',
    release,
    tags: { service: SERVICE },
    user: { id: 'player-000007' },
    contexts: { trace: { trace_id: trace, span_id: span, op: 'http.server', status } },
    measurements,
    spans: [
      {
        trace_id: trace,
        span_id: hex(16),
        parent_span_id: span,
        op: 'http.client',
        description: 'POST /charge',
        start_timestamp: end - 0.3,
        timestamp: end - 0.05,
        data: { 'peer.service': 'card-bank' },
        status,
      },
    ],
  };
  return envelope('transaction', payload);
}

function timeout(trace, span, release) {
  return envelope('event', {
    event_id: hex(32),
    timestamp: Date.now() / 1000,
    platform: 'other',
    level: 'error',
    release,
    environment: 'shop',
    transaction: NAME,
    tags: { service: SERVICE, 'payment.method': 'card' },
    user: { id: 'player-000007' },
    contexts: { trace: { trace_id: trace, span_id: span } },
    breadcrumbs: {
      values: [
        {
          timestamp: Date.now() / 1000 - 0.3,
          category: 'http',
          level: 'info',
          message: 'POST /charge',
          data: { 'http.status_code': 504 },
        },
        {
          timestamp: Date.now() / 1000 - 0.01,
          category: 'payment',
          level: 'warning',
          message: 'no answer, <b>giving up</b>',
        },
      ],
    },
    exception: {
      values: [
        {
          type: 'PaymentTimeout',
          value: 'the card bank did not answer within 300 ms',
          mechanism: { type: 'generic', handled: true },
          stacktrace: {
            frames: [
              { function: 'listen', filename: 'node:http', lineno: 12, in_app: false },
              {
                function: 'settle',
                filename: 'src/payments.ts',
                lineno: 41,
                in_app: true,
                pre_context: ['async function settle(bet: Bet) {'],
                context_line: '  const answer = await bank.charge(bet);',
                post_context: ['  return answer.id;', '}'],
              },
            ],
          },
        },
      ],
    },
  });
}

function envelope(type, payload) {
  const body = JSON.stringify(payload);
  const header = { event_id: payload.event_id, sent_at: new Date().toISOString() };
  const item = { type, length: Buffer.byteLength(body) };
  return `${JSON.stringify(header)}\n${JSON.stringify(item)}\n${body}\n`;
}

/** Sends a successful payment. */
export async function sendPayment(dsn, release) {
  const measurements = {
    stake: { value: STAKE, unit: 'none' },
    payout: { value: 0, unit: 'none' },
  };
  await send(dsn, payment(hex(32), hex(16), 'ok', release, measurements));
}

/** Sends a failed payment. Returns the ids of its trace and of the span with the error. */
export async function sendFailedPayment(dsn, release) {
  const [trace, span] = [hex(32), hex(16)];
  const measurements = { stake: { value: STAKE, unit: 'none' } };
  await send(dsn, payment(trace, span, 'deadline_exceeded', release, measurements));
  await send(dsn, timeout(trace, span, release));
  return { trace, span };
}
