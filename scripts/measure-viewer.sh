#!/usr/bin/env bash
# Measures the traces in the real window; ui/e2e/measure-viewer.mjs says what. It takes the release program when there
# is one, else the dev one. A machine that builds at the same time drops frames of its own: see "frames late at rest".
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if [ ! -d ui/e2e/node_modules ]; then
  (cd ui/e2e && npm ci --no-audit --no-fund)
fi
exec xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node --test ui/e2e/measure-viewer.mjs
