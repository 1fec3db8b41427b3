#!/usr/bin/env bash
# Measures the start of the desktop program and its processor time at rest; ui/e2e/measure-start.mjs says how.
# It takes the release program when there is one, else the dev one; ROUNDS=5 measures more often than three times.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
exec dbus-run-session -- node ui/e2e/measure-start.mjs
