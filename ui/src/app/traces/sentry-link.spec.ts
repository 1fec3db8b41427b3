import { sentryLink } from './sentry-link';

describe('the link into Sentry', () => {
  it('has the organisation in the host of the service', () =>
    expect(
      sentryLink({ dsn: 'https://0123…@o1.ingest.de.sentry.io/7', organization: 'casino' }, 'ab'),
    ).toEqual({ url: 'https://casino.sentry.io/explore/traces/trace/ab/' }));

  it('has it in the path of a Sentry of one’s own, which may have a prefix', () =>
    expect(
      sentryLink({ dsn: 'http://k@sentry.local:9000/base/7', organization: 'casino' }, 'ab'),
    ).toEqual({
      url: 'http://sentry.local:9000/base/organizations/casino/explore/traces/trace/ab/',
    }));

  it('is not taken for the service by a host that only looks like it', () =>
    expect(sentryLink({ dsn: 'https://k@notsentry.io/7', organization: 'casino' }, 'ab')).toEqual({
      url: 'https://notsentry.io/organizations/casino/explore/traces/trace/ab/',
    }));

  it('says what is missing', () => {
    expect(sentryLink({ dsn: null, organization: 'casino' }, 'ab')).toEqual({ missing: 'dsn' });
    expect(sentryLink({ dsn: 'https://k@h/7', organization: null }, 'ab')).toEqual({
      missing: 'organization',
    });
  });
});
