#!/usr/bin/env bash
# Makes docs/moving-picture.webp, the picture in the README, from the real window: a spin, its trace, the fixes, and the
# same round again. Needs the packages of scripts/setup.sh --test. Uses the program in $REELSCOPE_DESKTOP, or the
# last build.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/desktop-program.sh
cd ui/e2e
[ -d node_modules ] || npm ci --no-audit --no-fund
rm -f screenshots/moving*
../../scripts/with-screen.sh 1600x1000x24 node --test --test-timeout=600000 moving-picture.mjs
cd screenshots
# Each line has the duration of a frame, in hundredths of a second, and its file.
frames=()
while read -r delay file; do
  frames+=(-delay "$delay" "$file")
done <moving.txt
convert "${frames[@]}" -loop 0 -resize 960x -quality 70 -define webp:method=6 ../../../docs/moving-picture.webp
ls -lh ../../../docs/moving-picture.webp
