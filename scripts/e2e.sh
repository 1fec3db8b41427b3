#!/usr/bin/env bash
# Tests the real window: builds the desktop program with the page inside and drives it with WebDriver, with its own screen
# and session bus. Needs WebKitWebDriver, Xvfb and D-Bus:
#   apt-get install libwebkit2gtk-4.1-dev webkit2gtk-driver xvfb xauth dbus-x11 xdotool imagemagick chromium
# With `--release` as the first argument it tests the release profile: the program that is distributed, without debug
# assertions. Building it takes as long again, so scripts/test.sh does not do it.
# Other arguments are passed to `node --test`, for example: scripts/e2e.sh --test-name-pattern=keyboard
# Pictures of every screen in both languages are written to ui/e2e/screenshots.
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
cd ui/e2e
# Removes the pictures of earlier runs.
rm -rf screenshots
# The longest first, so that the last ones end together.
files=(
  presenter-windows sizes browser problems laptop presenter-sizes viewer business presenter delivery
  page-telemetry rehearsal screens window machine telemetry settings locale words templates
)
# Two files at a time, because most of the time a test waits. Each has a screen and a session bus of its own, because the
# program allows one instance per session, and its tests run one after another. Its output comes when it has ended.
run_file='
  report="$(mktemp)"
  trap "rm -f \"$report\"" EXIT
  screen=$((99 + 50 * SLOT))
  xvfb-run -a -n "$screen" -s "-screen 0 1600x1000x24" dbus-run-session -- \
    node --test --test-concurrency=1 --test-timeout=900000 "${@:2}" "$1.test.mjs" >"$report" 2>&1 || failed=$?
  printf "\n== %s\n" "$1"
  cat "$report"
  exit "${failed:-0}"'
printf '%s\n' "${files[@]}" | xargs -P 2 --process-slot-var=SLOT -I FILE bash -c "$run_file" e2e FILE "$@"
