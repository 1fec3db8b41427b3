#!/usr/bin/env bash
# Runs a command with a screen and a session bus of its own.
#   scripts/with-screen.sh WIDTHxHEIGHTxDEPTH COMMAND [ARGUMENT]…
# SLOT numbers those that start at the same time.
set -euo pipefail
# By bash, which cleans up after Ctrl-C too; the sh of Debian would leave Xvfb running.
exec bash "$(command -v xvfb-run)" -a -n "$((99 + 50 * ${SLOT:-0}))" -s "-screen 0 $1" dbus-run-session -- "${@:2}"
