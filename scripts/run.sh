#!/usr/bin/env bash
# Sets up what is missing, builds the app and opens its window. Arguments go to the app (--data-dir, --seed).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/setup.sh
exec cargo run --release --locked -p reelscope-desktop -- "$@"
