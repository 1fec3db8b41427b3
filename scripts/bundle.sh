#!/usr/bin/env bash
# Builds the page, the desktop program (release profile) and its packages for this machine: deb and rpm, offline once
# npm and cargo have what the lock files name. Packages for Windows and macOS are built on those systems.
# Needs what the desktop program needs: apt-get install libwebkit2gtk-4.1-dev libclang-dev
# `--no-build` packs the release program that is there.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" = --no-build ]; then
  command=bundle
else
  command=build
  (cd ui && npm ci --no-audit --no-fund && npm run build)
fi
(cd src-tauri && npm ci --no-audit --no-fund)

target="${CARGO_TARGET_DIR:-$PWD/target}"
bundles="$target/release/bundle"
# What an older version left there is not ours to hand out.
rm -rf "$bundles/deb" "$bundles/rpm"
# The version of the tool is pinned in src-tauri/package-lock.json; --locked keeps cargo to Cargo.lock.
if [ "$command" = build ]; then
  (cd src-tauri && npx --no-install tauri build --ci --bundles deb,rpm -- --locked)
else
  (cd src-tauri && npx --no-install tauri bundle --ci --bundles deb,rpm)
fi

echo 'Packages:'
find "$bundles" -type f \( -name '*.deb' -o -name '*.rpm' \) -exec ls -lh {} +
