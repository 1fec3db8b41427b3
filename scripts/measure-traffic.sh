#!/usr/bin/env bash
# Measures the window beside a hundred virtual players with all problems on: with a CPU budget of half of all cores for
# MINUTES (2 by default), without a budget, and after each fix; ui/e2e/measure-traffic.mjs lists the figures. Uses the
# release program, or the dev program if there is none. Takes about eight minutes more than MINUTES.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if [ ! -d ui/e2e/node_modules ]; then
  (cd ui/e2e && npm ci --no-audit --no-fund)
fi
exec scripts/with-screen.sh 1600x1000x24 node --test ui/e2e/measure-traffic.mjs
