#!/usr/bin/env bash
# Sets up what is missing, builds the app and opens its window. Arguments go to the app (--data-dir, --seed).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
# As one workspace, like everything else: another selection would unify features otherwise and build RocksDB again.
cargo build --workspace --release --locked
target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"
exec "$target/release/reelscope-desktop" "$@"
