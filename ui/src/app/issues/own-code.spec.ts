import { isOwn, placeOf, plainName } from './own-code';

describe('the code of an issue', () => {
  it('has names without the marks of a compiler', () => {
    expect(plainName('provider::{async_fn#0}')).toBe('provider::async fn');
    expect(plainName('run::{{closure}}')).toBe('run::closure');
    expect(plainName('settle')).toBe('settle');
  });

  it('is named by its file first', () => {
    const culprit = 'provider::{async_fn#0} (services/payment-service/src/provider.rs)';
    expect(placeOf(culprit)).toBe('provider.rs · provider::async fn');
    expect(placeOf('settle (payments.ts)')).toBe('payments.ts · settle');
    expect(placeOf('settle')).toBe('settle');
    expect(placeOf('')).toBe('');
  });

  it('is not that of the SDK', () => {
    expect(placeOf('sentry_backtrace::current_stacktrace (lib.rs)')).toBe('');
    expect(isOwn({ function: 'capture', module: 'sentry_core::hub', in_app: true })).toBe(false);
    expect(isOwn({ function: 'settle', in_app: true })).toBe(true);
    expect(isOwn({ function: 'poll', in_app: false })).toBe(false);
  });
});
