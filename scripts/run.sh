#!/usr/bin/env bash
# Sets up what is missing, builds the app and opens its window. Arguments are passed to the app (--data-dir, --seed).
# Uses the profile of the tests, which has no slow link-time optimisation, so that crates are compiled once for both.
set -euo pipefail
cd "$(dirname "$0")/.."
# What is stored to compile again sooner costs a tenth of the first compilation. The tests do the same.
export CARGO_INCREMENTAL=0
scripts/setup.sh
cargo build --package reelscope-desktop --locked
target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"
exec "$target/debug/reelscope-desktop" "$@"
