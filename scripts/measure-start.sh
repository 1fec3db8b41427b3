#!/usr/bin/env bash
# Measures the start of the desktop program and its CPU time at rest; ui/e2e/measure-start.mjs describes how.
# Uses the release program, or the dev program if there is none. ROUNDS is the number of measurements, three by default.
set -euo pipefail
cd "$(dirname "$0")/.."

. scripts/desktop-program.sh
exec dbus-run-session -- node ui/e2e/measure-start.mjs
