/* A Sentry whose replies a test determines. */
import { createServer } from 'node:http';

/** Accepts every envelope, unless `answer` has another status. `taken` contains a line for each accepted one. */
export async function fakeSentry(t) {
  const key = '0123456789abcdef0123456789abcdef';
  const sentry = { key, taken: [], answer: { status: 200, headers: {} } };
  const server = createServer((request, reply) => {
    request.resume().on('end', () => {
      const { status, headers } = sentry.answer;
      if (status === 200) sentry.taken.push(request.url);
      reply.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      reply.end(`{"id":"${key}"}`);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  sentry.port = server.address().port;
  sentry.dsn = `http://${key}@127.0.0.1:${sentry.port}/7`;
  /** Stops listening. */
  sentry.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  t.after(sentry.close);
  return sentry;
}
