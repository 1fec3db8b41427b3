#!/usr/bin/env bash
# Measures the figures that the story promises on a machine that does other work: with nothing beside, beside one and
# two busy programs, and with half of the time of all cores (a quota of a cgroup, which needs root). Prints the same
# table for each, and what is out of its band. Takes six minutes. Uses the program in $REELSCOPE, or the last release
# build.
set -euo pipefail
cd "$(dirname "$0")/.."
program=${REELSCOPE:-${CARGO_TARGET_DIR:-target}/release/reelscope}
[ -x "$program" ] || { echo "bands-under-load: build it first: cargo build --release --bin reelscope" >&2; exit 1; }

busy=()
group=
end() {
  for pid in "${busy[@]}"; do kill "$pid" 2>/dev/null || true; done
  busy=()
  # The group is empty when the program has ended, but for a moment.
  if [ -n "$group" ]; then for _ in $(seq 50); do rmdir "$group" 2>/dev/null && break; sleep 0.1; done; fi
}
trap end EXIT

measure() {
  printf '\n# %s\n' "$1"
  "$program" bench --only story || [ $? -eq 1 ]
}

measure 'nothing beside it'
for count in 1 2; do
  sh -c 'while :; do :; done' &
  busy+=($!)
  measure "$count busy beside it"
done
end

period=100000
quota=$((period * $(nproc) / 2))
if mkdir /sys/fs/cgroup/reelscope-half 2>/dev/null && [ -e /sys/fs/cgroup/reelscope-half/cpu.max ]; then
  group=/sys/fs/cgroup/reelscope-half
  echo "$quota $period" > "$group/cpu.max"
elif mkdir /sys/fs/cgroup/cpu/reelscope-half 2>/dev/null; then
  rmdir /sys/fs/cgroup/reelscope-half 2>/dev/null || true
  group=/sys/fs/cgroup/cpu/reelscope-half
  echo "$period" > "$group/cpu.cfs_period_us"
  echo "$quota" > "$group/cpu.cfs_quota_us"
else
  echo 'bands-under-load: a cgroup with a quota needs root, so half of the time was not measured' >&2
  exit 1
fi
# The shell and its children are in the group.
( echo "$BASHPID" > "$group/cgroup.procs"; measure 'half of the time of all cores' )
