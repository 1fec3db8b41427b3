#!/usr/bin/env bash
# Tests the real window: builds the desktop program with the page inside and drives it with WebDriver, with its own screen
# and session bus. Needs WebKitWebDriver, Xvfb and D-Bus:
#   apt-get install libwebkit2gtk-4.1-dev webkit2gtk-driver xvfb xauth dbus-x11 xdotool imagemagick chromium
# With `--release` as the first argument it tests the release profile: the program that is distributed, without debug
# assertions. Building it takes as long again, so scripts/test.sh does not do it.
# Other arguments are passed to the `node --test` of each file, for example: scripts/e2e.sh --test-name-pattern=keyboard
# Pictures of every screen in every language are written to ui/e2e/screenshots.
set -euo pipefail
cd "$(dirname "$0")/.."

# As in scripts/run.sh.
export CARGO_INCREMENTAL=0
profile=debug
options=()
if [ "${1:-}" = --release ]; then
  profile=release
  options=(--release)
  shift
fi

for tool in WebKitWebDriver xvfb-run dbus-run-session xdotool import; do
  command -v "$tool" >/dev/null || { echo "e2e: $tool is missing; the head of scripts/e2e.sh says what to install" >&2; exit 2; }
done
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
command -v tauri-driver >/dev/null || cargo install tauri-driver@2.1.0 --locked

# The release program contains the page of ui/dist; a debug build reads it from there at run time.
if [ ! -f ui/dist/browser/index.html ]; then
  (cd ui && npm ci --no-audit --no-fund && npm run build)
fi
# The whole workspace, because another selection of packages has other features and would compile crates again.
cargo build --workspace --locked "${options[@]}"
if [ ! -d ui/e2e/node_modules ]; then
  (cd ui/e2e && npm ci --no-audit --no-fund)
fi

target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"
export REELSCOPE_DESKTOP="$target/$profile/reelscope-desktop"
# Removes the pictures of earlier runs.
rm -rf ui/e2e/screenshots
# The longest first, so that the last ones end together.
files=(
  rehearsal sizes browser presenter-windows problems laptop presenter-sizes viewer business presenter delivery
  page-telemetry screens window machine telemetry settings locale words templates
)
present="$(cd ui/e2e && printf '%s\n' *.test.mjs | sed 's/\.test\.mjs$//' | sort)"
[ "$present" = "$(printf '%s\n' "${files[@]}" | sort)" ] || { echo 'e2e: the list of files above is not that of ui/e2e' >&2; exit 2; }
# Two files at a time, because most of the time a test waits.
FAILED_FILES="$(mktemp)"
export FAILED_FILES
trap 'rm -f "$FAILED_FILES"' EXIT
printf '%s\n' "${files[@]}" | xargs -P 2 --process-slot-var=SLOT -I @FILE@ scripts/e2e-file.sh @FILE@ "$@" || {
  printf '\ne2e: failed: %s\n' "$(tr '\n' ' ' <"$FAILED_FILES")" >&2
  exit 1
}
