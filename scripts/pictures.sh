#!/usr/bin/env bash
# Makes pictures of every screen and state, in each language and in four sizes, from the real window, into
# ui/e2e/pictures. Needs the packages of scripts/setup.sh --test. Uses the program in $REELSCOPE_DESKTOP, or the last
# build.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/desktop-program.sh
cd ui/e2e
[ -d node_modules ] || npm ci --no-audit --no-fund
rm -rf pictures
../../scripts/with-screen.sh 3900x2200x24 node --test --test-timeout=1800000 pictures.mjs
ls pictures | wc -l
