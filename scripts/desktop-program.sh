# Sourced by the measuring scripts, in the project's folder: REELSCOPE_DESKTOP is the release program when there is one, else
# the dev one, unless it says which already.
target="$(cd "${CARGO_TARGET_DIR:-target}" && pwd)"
for profile in release debug; do
  [ -n "${REELSCOPE_DESKTOP:-}" ] || [ ! -x "$target/$profile/reelscope-desktop" ] || REELSCOPE_DESKTOP="$target/$profile/reelscope-desktop"
done
export REELSCOPE_DESKTOP="${REELSCOPE_DESKTOP:?build the program first, for instance with scripts/bundle.sh}"
