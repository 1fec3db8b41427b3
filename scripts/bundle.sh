#!/usr/bin/env bash
# Builds the page, the desktop program (release profile) and its deb and rpm packages for this machine. It works offline
# once npm and cargo have downloaded the packages of the lock files. Packages for other systems are built on these.
# Needs the same system packages as the desktop program: apt-get install libwebkit2gtk-4.1-dev libclang-dev
# `--no-build` packs the existing release program.
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
# Packages of an older version must not be among the new ones.
rm -rf "$bundles/deb" "$bundles/rpm"
# src-tauri/package-lock.json pins the version of the tool; with --locked cargo uses the versions of Cargo.lock.
if [ "$command" = build ]; then
  (cd src-tauri && npx --no-install tauri build --ci --bundles deb,rpm -- --locked)
else
  (cd src-tauri && npx --no-install tauri bundle --ci --bundles deb,rpm)
fi

echo 'Packages:'
find "$bundles" -type f \( -name '*.deb' -o -name '*.rpm' \) -exec ls -lh {} +
