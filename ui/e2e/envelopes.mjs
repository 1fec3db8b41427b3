/* Traces that are sent to the real collector as a Sentry SDK sends them: large ones, odd ones, and fifty a second. */
import { randomBytes } from 'node:crypto';

/** A random number of lower-case hex digits. */
export function hex(digits) {
  return randomBytes(digits / 2).toString('hex');
}

/**
 * A transaction as an envelope. Times are in seconds since the Unix epoch. Spans are `{ id, parent, op, description,
 * start, end, data, status }`; ids and parents have 16 hex digits.
 */
export function transaction({
  trace,
  id = hex(16),
  parent,
  name,
  service,
  start,
  end,
  spans = [],
  tags = {},
  ...more
}) {
  const payload = {
    type: 'transaction',
    event_id: hex(32),
    transaction: name,
    start_timestamp: start,
    timestamp: end,
    platform: 'other',
    release: '1.0.0',
    tags: { service, ...tags },
    contexts: {
      trace: {
        trace_id: trace,
        span_id: id,
        parent_span_id: parent,
        op: 'http.server',
        status: 'ok',
      },
    },
    spans: spans.map(({ id, parent, op, description, start, end, data = {}, status = 'ok' }) => ({
      trace_id: trace,
      span_id: id,
      parent_span_id: parent,
      op,
      description,
      start_timestamp: start,
      timestamp: end,
      data,
      status,
    })),
    ...more,
  };
  const body = JSON.stringify(payload);
  const header = { event_id: payload.event_id, sent_at: new Date().toISOString() };
  const item = { type: 'transaction', length: Buffer.byteLength(body) };
  return `${JSON.stringify(header)}\n${JSON.stringify(item)}\n${body}\n`;
}

/** Sends an envelope to a DSN. */
export async function send(dsn, envelope) {
  const { protocol, username, host, pathname } = new URL(dsn);
  const reply = await fetch(`${protocol}//${host}/api${pathname}/envelope/`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-sentry-envelope',
      'X-Sentry-Auth': `Sentry sentry_version=7, sentry_client=reelscope-e2e/1, sentry_key=${username}`,
    },
    body: envelope,
  });
  if (!reply.ok) throw new Error(`the collector answered ${reply.status}: ${await reply.text()}`);
}

/**
 * Sends a trace of `count` spans in ten services, ten levels deep, with repeated queries. A transaction has at most 900
 * spans, because Sentry accepts at most 1,000. Returns its id.
 */
export async function sendLargeTrace(dsn, count) {
  const trace = hex(32);
  const root = hex(16);
  const begin = Date.now() / 1000 - 10;
  const perTransaction = 900;
  let left = count - 1;
  await send(
    dsn,
    transaction({
      trace,
      id: root,
      name: 'large',
      service: 'frontend',
      start: begin,
      end: begin + 5,
    }),
  );
  for (let part = 0; left > 0; part += 1) {
    const id = hex(16);
    const here = Math.min(left, perTransaction) - 1;
    const start = begin + 0.01 + part * 0.4;
    const spans = [];
    for (let number = 0; number < here; number += 1) {
      const at = start + (number / here) * 0.35;
      // Every tenth span is a child of the transaction.
      const parent = number % 10 === 0 ? id : spans[number - 1].id;
      spans.push({
        id: hex(16),
        parent,
        op: number % 3 === 0 ? 'db.query' : 'function',
        description: `step ${number % 10} of ${part}`,
        start: at,
        end: at + 0.005 - (number % 10) * 0.0004,
        data: { 'code.line.number': number },
      });
    }
    await send(
      dsn,
      transaction({
        trace,
        id,
        parent: root,
        name: `part ${part}`,
        service: `service-${part % 10}`,
        start,
        end: start + 0.38,
        spans,
      }),
    );
    left -= here + 1;
  }
  return trace;
}

/** Sends a trace with every oddity. Returns its id. */
export async function sendOddTrace(dsn) {
  const trace = hex(32);
  const [root, one, other, twin] = [hex(16), hex(16), hex(16), hex(16)];
  const begin = Date.now() / 1000 - 3;
  const span = (more) => ({
    id: hex(16),
    parent: root,
    op: 'function',
    description: 'work',
    start: begin + 0.1,
    end: begin + 0.2,
    ...more,
  });
  await send(
    dsn,
    transaction({
      trace,
      id: root,
      name: 'odd <b onclick="alert(1)">trace</b>',
      service: 'my-service',
      start: begin,
      end: begin + 1,
      spans: [
        span({ description: 'orphan', parent: hex(16) }),
        span({ id: one, parent: other, description: 'circle, one' }),
        span({ id: other, parent: one, description: 'circle, other' }),
        span({ id: twin, description: 'twin' }),
        span({ id: twin, description: 'twin again' }),
        span({ description: 'ends before it begins', start: begin + 0.3, end: begin + 0.25 }),
        span({ description: 'of no length', start: begin + 0.3, end: begin + 0.3 }),
        span({ description: 'clock behind', start: begin - 0.2, end: begin + 0.1 }),
        span({ description: 'in the background', start: begin + 1.1, end: begin + 1.4 }),
        span({
          description: '<img src=x onerror=alert(1)>',
          data: { note: 'x'.repeat(20_000), '<i>': '<script>alert(1)</script>' },
        }),
        ...Array.from({ length: 12 }, (_, number) =>
          span({
            op: 'db.query',
            description: 'SELECT name FROM players WHERE id = ?',
            start: begin + 0.4 + number * 0.02,
            end: begin + 0.415 + number * 0.02,
            data: { 'db.statement': 'SELECT name FROM players WHERE id = ?' },
          }),
        ),
        span({
          op: 'http.client',
          description: 'GET /rates',
          start: begin + 0.85,
          end: begin + 0.98,
          data: { 'server.address': 'rates.example' },
          status: 'deadline_exceeded',
        }),
      ],
    }),
  );
  return trace;
}
