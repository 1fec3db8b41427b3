#!/usr/bin/env bash
# Measures the window beside a hundred virtual players with all problems on: within half of the processor for MINUTES (2
# unless told otherwise), with that budget lifted, and after each fix; ui/e2e/measure-traffic.mjs says what. It takes the
# release program when there is one, else the dev one, and about eight minutes more than MINUTES.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if [ ! -d ui/e2e/node_modules ]; then
  (cd ui/e2e && npm ci --no-audit --no-fund)
fi
exec xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node --test ui/e2e/measure-traffic.mjs
