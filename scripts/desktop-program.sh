# Sourced by the measuring scripts in the root of the repository. If REELSCOPE_DESKTOP is not set, sets it to the release
# program, or to the dev program if there is no release program.
if [ -z "${REELSCOPE_DESKTOP:-}" ]; then
  for profile in release debug; do
    program="$(realpath -m "${CARGO_TARGET_DIR:-target}/$profile/reelscope-desktop")"
    [ -n "${REELSCOPE_DESKTOP:-}" ] || [ ! -x "$program" ] || REELSCOPE_DESKTOP="$program"
  done
fi
export REELSCOPE_DESKTOP="${REELSCOPE_DESKTOP:?build the program first, for instance with scripts/bundle.sh}"
