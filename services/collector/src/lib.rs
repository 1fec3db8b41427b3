//! Local Sentry endpoint: takes envelopes, indexes them for the viewer, forwards them to the DSN.
