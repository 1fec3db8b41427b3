#!/usr/bin/env bash
# Measures the traces in the real window; ui/e2e/measure-viewer.mjs lists the figures. Uses the release program, or the
# dev program if there is none. A busy machine drops frames by itself; "frames late at rest" shows how many.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
if [ ! -d ui/e2e/node_modules ]; then
  (cd ui/e2e && npm ci --no-audit --no-fund)
fi
exec scripts/with-screen.sh 1600x1000x24 node --test ui/e2e/measure-viewer.mjs
