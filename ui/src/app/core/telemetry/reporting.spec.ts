import { NoAnswer, ApiProblem } from '../api/api-problem';
import {
  isForLater,
  isLook,
  isSteering,
  onlyOrigin,
  reportedElsewhere,
  wholeReply,
} from './reporting';

describe('where trace headers go', () => {
  const own = onlyOrigin('http://127.0.0.1:4200');
  const check = (url: string, expected: boolean): void =>
    expect([url, own.test(url)]).toEqual([url, expected]);

  it('is the own origin and no other', () => {
    check('http://127.0.0.1:4200/api/v1/spins', true);
    check('http://127.0.0.1:4200', true);
    check('http://127.0.0.1:42001/api', false);
    check('http://127x0.0.1:4200/', false);
    check('https://example.com/?http://127.0.0.1:4200/', false);
  });
});

describe('an envelope that the gateway did not take', () => {
  it('is kept where another moment may help, and only there', () => {
    expect([200, 400, 401, 403, 413, 429, 500, 503].filter((status) => isForLater(status))).toEqual(
      [401, 500, 503],
    );
    expect(isForLater(undefined)).toBe(false);
  });
});

describe('what is not reported again', () => {
  const check = (error: unknown, expected: boolean): void =>
    expect(reportedElsewhere(error)).toBe(expected);

  it('is what the gateway answered, and nothing that only this page saw', () => {
    check(new ApiProblem({ status: 502, code: 'payment_declined' }), true);
    check(new ApiProblem({ status: 402, code: 'insufficient_funds' }), true);
    check(new NoAnswer('gone'), false);
    check(new TypeError('a bug'), false);
    check('thrown text', false);
  });
});

describe('steering the demo', () => {
  const crumb = (method: string, url: string): boolean =>
    isLook({ category: 'fetch', data: { method, url } });

  it('is no part of what the demo shows', () => {
    expect(
      [
        '/api/problems',
        '/api/problems/figures',
        '/api/traffic',
        '/api/overhead',
        '/api/faults/n-plus-one',
      ].filter((url) => !isSteering(url)),
    ).toEqual([]);
    expect(['/api/v1/spins', '/api/problems2', '/api/telemetry/problems'].map(isSteering)).toEqual([
      false,
      false,
      false,
    ]);
  });

  it('leaves a breadcrumb of what was done, and none of every look', () => {
    expect(crumb('GET', '/api/problems')).toBe(true);
    expect(crumb('PUT', '/api/problems/slow-rng')).toBe(false);
    expect(crumb('GET', '/api/v1/players/me')).toBe(false);
    expect(isLook({ category: 'console', message: '/api/problems' })).toBe(false);
  });
});

describe('a reply to an envelope', () => {
  it('is read to its end, of a request that does not outlive its page', async () => {
    const reply = new Response('{"id":"1"}', { status: 200 });
    const send = vi.fn().mockResolvedValue(reply);
    const taken = await wholeReply(send)('/api/telemetry/envelope', {
      method: 'POST',
      keepalive: true,
    });
    expect(send).toHaveBeenCalledWith('/api/telemetry/envelope', {
      method: 'POST',
      keepalive: false,
    });
    expect(taken.status).toBe(200);
    expect(reply.bodyUsed).toBe(true);
  });
});
