#!/usr/bin/env bash
# Makes docs/moving-picture.webp, the picture of the README, from the real window: a spin, its trace, the fixes, and the
# same round again. Needs what scripts/setup.sh --test installs, and the program that $REELSCOPE_DESKTOP names or the
# last build.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/desktop-program.sh
cd ui/e2e
[ -d node_modules ] || npm ci --no-audit --no-fund
rm -f screenshots/moving*
xvfb-run -a -s '-screen 0 1600x1000x24' dbus-run-session -- node --test --test-timeout=600000 moving-picture.mjs
cd screenshots
# Hundredths of a second that each frame stays, and the frame.
frames=()
while read -r delay file; do
  frames+=(-delay "$delay" "$file")
done <moving.txt
convert "${frames[@]}" -loop 0 -resize 960x -quality 70 -define webp:method=6 ../../../docs/moving-picture.webp
ls -lh ../../../docs/moving-picture.webp
