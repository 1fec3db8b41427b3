#!/usr/bin/env bash
# Compiles RocksDB once for all clones and profiles, and tells cargo in .cargo/config.toml where it is, so that a plain
# `cargo build` uses it too. Without that file the crate compiles RocksDB for each target folder and profile, file by file,
# which takes much longer. Later runs take a second. For Linux; scripts/setup.sh calls it.
set -euo pipefail
cd "$(dirname "$0")/.."
here="$PWD"

# Somebody has a library of their own.
[ -z "${ROCKSDB_LIB_DIR:-}" ] || exit 0

config="$here/.cargo/config.toml"
mark='# Written by scripts/rocksdb.sh. Without this file the crate compiles RocksDB itself.'
if [ -f "$config" ] && ! grep -qxF "$mark" "$config"; then
  echo "rocksdb: $config is not ours and stays as it is; the crate compiles RocksDB itself" >&2
  exit 0
fi

crate="$(cargo metadata --locked --format-version 1 --filter-platform "$(rustc --print host-tuple)" |
  grep -o '"manifest_path":"[^"]*/polodb-librocksdb-sys-[^"]*"' | cut -d '"' -f 4 | xargs -r -d '\n' dirname || true)"
[ -d "${crate:-/nowhere}/rocksdb" ] || { echo 'rocksdb: the sources of polodb-librocksdb-sys are not where cargo has its crates' >&2; exit 1; }

# The definitions and files of the crate's build.rs on Linux, and the optimisation of RocksDB's own Makefile: -O3 compiles
# longer. Warnings are for its makers.
read -r -a compiler <<<"${CXX:-c++} ${CXXFLAGS:-}"
options=(-O2 -ffunction-sections -fdata-sections -fPIC -std=c++17 -include cstdint -w -I rocksdb/include -I rocksdb -I .
  -DNDEBUG=1 -DOS_LINUX -DROCKSDB_PLATFORM_POSIX -DROCKSDB_LIB_IO_POSIX -DROCKSDB_SUPPORT_THREAD_LOCAL)
# For every processor of the kind, not only this one.
[ "$(uname -m)" != x86_64 ] || options+=(-march=x86-64 -DNO_PCLMUL)
# The files of a chunk are compiled as one, as by `make unity.a` of RocksDB: most of the time of a single file goes into
# its headers. More chunks give more cores work; fewer read the headers less often.
chunks=16

hash="$({ printf '%s\n' "${compiler[@]}" "${options[@]}" "$chunks"; "${compiler[@]}" --version; } | sha256sum | cut -c -12)"
cache="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope"
library="$cache/rocksdb-${crate##*-sys-}-$hash"
if [ ! -f "$library/librocksdb.a" ]; then
  # Until there is a library, the crate compiles RocksDB itself.
  rm -f "$config"
  mkdir -p "$cache"
  # One clone compiles, the others wait for it. What a killed one left is removed.
  exec 9>"$cache/rocksdb.lock"
  flock 9
  rm -rf "$cache"/rocksdb.??????
fi
if [ ! -f "$library/librocksdb.a" ]; then
  # A compiler takes up to 1.25 GB.
  jobs="$(awk -v cores="$(nproc)" '/^MemAvailable/ { room = int($2 / 1250000); print room < cores ? room : cores }' /proc/meminfo)"
  if [ "${jobs:-0}" -lt 1 ]; then
    echo 'rocksdb: less than 1.25 GB of memory is available; the crate compiles RocksDB itself' >&2
    exit 0
  fi
  echo "compiling RocksDB, $jobs of $chunks chunks at a time"
  work="$(mktemp -d "$cache/rocksdb.XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  cd "$crate"
  sed 's|^util/build_version.cc$|build_version.cc|; s|.*|#include "&"|' rocksdb_lib_sources.txt |
    split -n "r/$chunks" -d --additional-suffix=.cc - "$work/chunk"
  printf '%s\0' "$work"/chunk*.cc | xargs -0 -P "$jobs" -I {} "${compiler[@]}" "${options[@]}" -c {} -o {}.o
  ar crs "$work/librocksdb.a" "$work"/*.o
  rm "$work"/chunk*
  mv -T "$work" "$library"
fi

mkdir -p "$here/.cargo"
printf "%s\n[env]\nROCKSDB_LIB_DIR = '%s'\nROCKSDB_STATIC = '1'\n" "$mark" "$library" >"$config"
