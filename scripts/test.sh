#!/usr/bin/env bash
# Sets up what is missing and runs every test: Rust, the page, and the real window.
set -euo pipefail
cd "$(dirname "$0")/.."

# As in scripts/run.sh.
export CARGO_INCREMENTAL=0

step() { printf '\n== %s\n' "$*"; }

step "set-up"
scripts/setup.sh --test

step "page: format, lint, specs"
(cd ui && npm run format:check && npm run lint && npm test)

step "Rust: format, lints, licences"
cargo fmt --all --check
# Fetches all crates of the lock file, because the test of third-party crates reads the whole tree offline.
cargo fetch --locked
# The whole workspace, because another selection of packages has other features and would compile crates again.
cargo clippy --workspace --all-targets --locked -- -D warnings
if ! cargo deny --version >/dev/null 2>&1; then
  cargo install cargo-deny@0.20.2 --locked
fi
cargo deny --all-features check licenses bans sources
if ! cargo machete --version >/dev/null 2>&1; then
  cargo install cargo-machete@0.9.2 --locked
fi
cargo machete
# The documentation is for contributors, so it includes private items.
RUSTDOCFLAGS='-D warnings -A rustdoc::private-intra-doc-links' cargo doc --workspace --no-deps --document-private-items --locked

step "Sentry's normaliser"
# Sentry's own code, from a wheel, checks whether our events are as it expects them.
relay="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope/sentry-relay-0.10.1"
if ! "$relay/bin/python" -c 'import sentry_relay' 2>/dev/null; then
  python3 -m venv "$relay"
  "$relay/bin/pip" install --quiet --disable-pip-version-check sentry-relay==0.10.1
fi
export REELSCOPE_RELAY_PYTHON="$relay/bin/python"

step "somebody else's SDK"
# Sentry's SDK for Python sends to the collector. With brotli installed, it compresses in that format too.
foreign="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope/sentry-sdk-2.75.0"
if ! "$foreign/bin/python" -c 'import sentry_sdk, brotli' 2>/dev/null; then
  python3 -m venv "$foreign"
  "$foreign/bin/pip" install --quiet --disable-pip-version-check sentry-sdk==2.75.0 brotli==1.2.1
fi
export REELSCOPE_SENTRY_PYTHON="$foreign/bin/python"

step "Rust: tests, and the real window beside them"
# All but the doc tests is compiled before, so that no test waits for a compiler. Most of the time tests wait, for a
# provider that is slow or for a window, so both run at once.
cargo test --workspace --locked --no-run
cargo build --workspace --locked
# Prints what the tests said when they end, so that it does not mix with what those of the window say.
rust_tests() {
  local status=0
  report="$(mktemp)"
  trap 'cat "$report"; rm -f "$report"' EXIT
  cargo test --workspace --locked >"$report" 2>&1 </dev/null || status=$?
  step "Rust: tests"
  return "$status"
}
# With `set -m` it is a process group, which ends with this script, also by Ctrl-C.
set -m
(rust_tests) &
rust=$!
set +m
trap 'kill -- -"$rust" 2>/dev/null || true' EXIT
windows=0
scripts/e2e.sh || windows=$?
others=0
wait "$rust" || others=$?
[ "$windows" = 0 ] || echo 'tests of the real window failed: see above' >&2
[ "$others" = 0 ] || echo 'Rust tests failed: see above, below "Rust: tests"' >&2
exit $((windows != 0 ? windows : others))
