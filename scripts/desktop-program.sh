# Sourced by the measuring scripts, in the project's folder: REELSCOPE_DESKTOP is the release program when there is one, else
# the dev one, unless it says which already.
if [ -z "${REELSCOPE_DESKTOP:-}" ]; then
  for profile in release debug; do
    program="$(realpath -m "${CARGO_TARGET_DIR:-target}/$profile/reelscope-desktop")"
    [ -n "${REELSCOPE_DESKTOP:-}" ] || [ ! -x "$program" ] || REELSCOPE_DESKTOP="$program"
  done
fi
export REELSCOPE_DESKTOP="${REELSCOPE_DESKTOP:?build the program first, for instance with scripts/bundle.sh}"
