#!/usr/bin/env bash
# Lets Schemathesis send requests to a running program, both those that its OpenAPI document allows and others. Exits with
# code 1 if a response is not described by the document or is a 5xx, or if an invalid request is accepted. The program is
# $REELSCOPE, or target/debug/reelscope. EXAMPLES is the number of random requests for each operation, 30 by default.
# scripts/schemathesis.toml lists what is left out, and why. Arguments are passed to `schemathesis run`.
set -euo pipefail
program="$(realpath -m "${REELSCOPE:-$(dirname "$0")/../target/debug/reelscope}")"
cd "$(dirname "$0")/.."
[ -x "$program" ] || { echo "schema-test: $program is missing; build it with cargo build" >&2; exit 2; }

tool="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope/schemathesis-4.32.5"
if ! "$tool/bin/python" -c 'import schemathesis' 2>/dev/null; then
  python3 -m venv "$tool"
  "$tool/bin/pip" install --quiet --disable-pip-version-check schemathesis==4.32.5
fi

work="$(mktemp -d)"
server=
cleanup() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# With its own settings and preferences. The proxy does not exist, so nothing is sent to addresses in random requests.
env -u SENTRY_DSN HOME="$work" XDG_CONFIG_HOME="$work/config" https_proxy=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 \
  "$program" serve --listen 127.0.0.1:0 --data-dir "$work/data" --players 1000 --sending off \
  >"$work/ready" 2>"$work/log" &
server=$!
deadline=$((SECONDS + 60))
until grep -q '"ready":true' "$work/ready"; do
  if [ "$SECONDS" -ge "$deadline" ] || ! kill -0 "$server" 2>/dev/null; then
    echo "schema-test: the program has not come up:" >&2
    cat "$work/log" >&2
    exit 2
  fi
  sleep 0.1
done
read -r origin launch < <(python3 -c '
import json, sys, urllib.parse
ready = json.load(open(sys.argv[1]))
print(ready["gateway"], urllib.parse.parse_qs(urllib.parse.urlparse(ready["ui"]).query)["token"][0])' "$work/ready")
session="$(curl --silent --fail --header "x-reelscope-token: $launch" --json '{"account_code":"RS-000001"}' \
  "$origin/api/v1/sessions" | python3 -c 'import json, sys; print(json.load(sys.stdin)["token"])')"

config="$PWD/scripts/schemathesis.toml"
# Schemathesis writes its findings to the working directory.
cd "$work"
"$tool/bin/schemathesis" --config-file "$config" run "$origin/api/openapi.json" \
  --header "x-reelscope-token: $launch" --header "Authorization: Bearer $session" \
  --phases examples,coverage,fuzzing --max-examples "${EXAMPLES:-30}" --seed 1 --generation-database none \
  --request-timeout 60 --continue-on-failure --no-color "$@"
