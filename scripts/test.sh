#!/usr/bin/env bash
# Sets up what is missing and passes every test: Rust, the page, and the real window.
set -euo pipefail
cd "$(dirname "$0")/.."

step() { printf '\n== %s\n' "$*"; }

step "set-up"
scripts/setup.sh --test

step "page: format, lint, specs"
(cd ui && npm run format:check && npm run lint && npm test)

step "Rust: format, lints, licences"
cargo fmt --all --check
# All that the lock file names: the test of third-party crates asks for the whole tree, and without a network.
cargo fetch --locked
# Everything is built as one workspace: other selections would unify features otherwise and build RocksDB again.
cargo clippy --workspace --all-targets --locked -- -D warnings
if ! cargo deny --version >/dev/null 2>&1; then
  cargo install cargo-deny@0.20.2 --locked
fi
cargo deny --all-features check licenses bans sources
if ! cargo machete --version >/dev/null 2>&1; then
  cargo install cargo-machete@0.9.2 --locked
fi
cargo machete
# For those who work on it, so with what is private too.
RUSTDOCFLAGS='-D warnings -A rustdoc::private-intra-doc-links' cargo doc --workspace --no-deps --document-private-items --locked

step "Sentry's normaliser"
# Sentry's own code, from a wheel, says whether what we send is what it expects.
relay="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope/sentry-relay-0.10.1"
if ! "$relay/bin/python" -c 'import sentry_relay' 2>/dev/null; then
  python3 -m venv "$relay"
  "$relay/bin/pip" install --quiet --disable-pip-version-check sentry-relay==0.10.1
fi
export REELSCOPE_RELAY_PYTHON="$relay/bin/python"

step "somebody else's SDK"
# Sentry's SDK for Python sends to the collector; brotli is how some of its users compress.
foreign="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope/sentry-sdk-2.75.0"
if ! "$foreign/bin/python" -c 'import sentry_sdk, brotli' 2>/dev/null; then
  python3 -m venv "$foreign"
  "$foreign/bin/pip" install --quiet --disable-pip-version-check sentry-sdk==2.75.0 brotli==1.2.1
fi
export REELSCOPE_SENTRY_PYTHON="$foreign/bin/python"

step "Rust: tests"
cargo test --workspace --locked

step "the real window"
scripts/e2e.sh
