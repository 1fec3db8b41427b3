"""Sends one of everything through the Python SDK of Sentry.

Usage: foreign_sdk.py DSN COMPRESSION, which is gzip, br or none. Needs the packages sentry-sdk and brotli. Prints the trace's id.
"""

import sys

import sentry_sdk


def main(dsn, compression):
    # A level of 0 means as it is.
    how = {"transport_compression_level": 0} if compression == "none" else {"transport_compression_algo": compression}
    sentry_sdk.init(
        dsn=dsn,
        release=f"foreign@{compression}",
        environment="test",
        server_name="foreign-host",
        traces_sample_rate=1.0,
        enable_logs=True,
        auto_session_tracking=False,
        _experiments=how,
    )
    sentry_sdk.set_user({"id": "player-9", "email": "ann@mail.example", "ip_address": "10.1.2.3"})
    scope = sentry_sdk.get_isolation_scope()
    scope.start_session(session_mode="application")
    with sentry_sdk.start_transaction(op="task", name=f"foreign-{compression}") as transaction:
        trace = transaction.trace_id
        with sentry_sdk.start_span(op="db.query", name="players.find") as span:
            span.set_data("rows", 3)
        sentry_sdk.logger.info("stake of {stake} taken", stake=10)
        sentry_sdk.metrics.distribution(f"foreign.{compression}", 12.5, unit="millisecond")
        sentry_sdk.metrics.count(f"foreign.{compression}.count", 2)
        try:
            [].pop()
        except IndexError:
            sentry_sdk.capture_exception()
    scope.end_session()
    sentry_sdk.flush(timeout=20)
    print(trace)


if __name__ == "__main__":
    main(*sys.argv[1:])
