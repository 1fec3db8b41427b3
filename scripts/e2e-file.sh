#!/usr/bin/env bash
# Runs one file of tests of the real window, for scripts/e2e.sh, with a screen and a session bus of its own, because the
# program allows one instance per session. Prints what it said when it ends, so that two of them do not mix.
#   scripts/e2e-file.sh NAME [OPTION OF node --test]…
# SLOT numbers those that run at the same time, and REELSCOPE_DESKTOP is the program.
set -euo pipefail
cd "$(dirname "$0")/../ui/e2e"
name="$1"
shift

report="$(mktemp)"
outcome='ended early'
# Also by Ctrl-C: the report says where it stood.
trap 'printf "\n== %s: %s\n" "$name" "$outcome"; cat "$report"; rm -f "$report"' EXIT
status=0
../../scripts/with-screen.sh 1600x1000x24 \
  node --test --test-concurrency=1 --test-timeout=900000 "$@" "$name.test.mjs" >"$report" 2>&1 || status=$?
outcome=$([ "$status" = 0 ] && echo passed || echo FAILED)
[ "$status" = 0 ] || echo "$name" >>"${FAILED_FILES:-/dev/null}"
exit "$status"
