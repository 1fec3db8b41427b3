#!/usr/bin/env bash
# Measures the start of the desktop program and its processor time at rest; ui/e2e/measure-start.mjs says how.
# It takes the release program when there is one, else the dev one; ROUNDS=5 measures more often than three times.
set -euo pipefail
cd "$(dirname "$0")/.."

target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"
for profile in release debug; do
  [ -n "${REELSCOPE_DESKTOP:-}" ] || [ ! -x "$target/$profile/reelscope-desktop" ] || REELSCOPE_DESKTOP="$target/$profile/reelscope-desktop"
done
export REELSCOPE_DESKTOP="${REELSCOPE_DESKTOP:?build the program first, for instance with scripts/bundle.sh}"
exec dbus-run-session -- node ui/e2e/measure-start.mjs
