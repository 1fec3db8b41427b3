/* A Sentry of a test's own, which answers what it is told to. */
import { createServer } from 'node:http';

/** Takes every envelope, unless `answer` is given another status. `taken` holds a line for each that it took. */
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
  /** Nobody listens any more. */
  sentry.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  t.after(sentry.close);
  return sentry;
}
