#!/usr/bin/env bash
# Installs the missing packages on a Debian or Ubuntu with Rust and Node, compiles RocksDB, and builds the page. Later runs
# take seconds.
#   scripts/setup.sh          packages to build and run
#   scripts/setup.sh --test   also packages for the tests of the real window
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(build-essential clang libclang-dev pkg-config libwebkit2gtk-4.1-dev librsvg2-dev)
if [ "${1:-}" = --test ]; then
  packages+=(webkit2gtk-driver xvfb xauth dbus-x11 xdotool fonts-dejavu-core imagemagick python3-venv)
  # The page is tested in Chromium too, whose package has another name on Ubuntu.
  if ! command -v chromium chromium-browser google-chrome >/dev/null; then
    packages+=("$(. /etc/os-release; [ "${ID:-}" = ubuntu ] && echo chromium-browser || echo chromium)")
  fi
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing: ${missing[*]}"
  sudo=$([ "$(id -u)" = 0 ] || echo sudo)
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi

# The packages of the page, which are mostly downloaded, come while RocksDB is compiled. Without scripts/rocksdb.sh cargo
# compiles RocksDB file by file, which takes longer.
# With `set -m` it is a process group, which ends with this script, also by Ctrl-C.
set -m
{ scripts/rocksdb.sh || echo 'cargo will compile RocksDB itself' >&2; } &
rocksdb=$!
set +m
trap 'kill -- -"$rocksdb" 2>/dev/null || true' EXIT
cd ui
if [ ! -d node_modules ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund
fi
wait "$rocksdb"
trap - EXIT
# The page is built when its sources are newer than the last build.
if [ ! -f dist/browser/index.html ] || [ -n "$(find src public angular.json package-lock.json -newer dist/browser/index.html -print -quit)" ]; then
  npm run build
fi
