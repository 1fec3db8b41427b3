#!/usr/bin/env bash
# Sends what Reelscope captures to two other tools that speak Sentry's protocol, Spotlight and Bugsink, and compares what
# they have with what Reelscope kept; scripts/other-tools.py has the details. The program is the first argument, or
# $REELSCOPE, or target/release/reelscope. Needs Node, Python 3.10 and, for the first run, the network.
# Exits with code 1 and one sentence for each difference.
set -euo pipefail
program="$(realpath -m "${1:-${REELSCOPE:-$(dirname "$0")/../target/release/reelscope}}")"
cd "$(dirname "$0")/.."
[ -x "$program" ] || { echo "other-tools: $program is missing; build it with cargo build --release" >&2; exit 2; }

cache="${XDG_CACHE_HOME:-$HOME/.cache}/reelscope"
spotlight="$cache/spotlight-4.11.8"
if ! [ -x "$spotlight/node_modules/.bin/spotlight" ]; then
  mkdir -p "$spotlight"
  # With hono 4.13 the server of Spotlight answers every request with 500.
  echo '{"private":true,"dependencies":{"@spotlightjs/spotlight":"4.11.8"},"overrides":{"hono":"4.12.25"}}' >"$spotlight/package.json"
  npm install --prefix "$spotlight" --no-audit --no-fund --silent
fi
bugsink="$cache/bugsink-2.6.2"
if ! "$bugsink/bin/python" -c 'import bugsink, gunicorn, sentry_sdk, brotli, zstandard' 2>/dev/null; then
  python3 -m venv "$bugsink"
  "$bugsink/bin/pip" install --quiet --disable-pip-version-check bugsink==2.6.2 zstandard==0.25.0
fi

work="$(mktemp -d)"
pids=()
cleanup() {
  [ ${#pids[@]} = 0 ] || kill "${pids[@]}" 2>/dev/null || true
  wait
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
mkdir "$work/spotlight" "$work/bugsink"

# Waits until a tool's log has a port after `words`, and prints it.
port_of() { # LOG WORDS
  local deadline=$((SECONDS + 60)) port
  until port="$(sed -n "s|.*$2\([0-9][0-9]*\).*|\1|p" "$1" | head -n 1)" && [ -n "$port" ]; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "other-tools: the tool that writes $(basename "$1") has not come up:" >&2
      cat "$1" >&2
      return 1
    fi
    sleep 0.1
  done
  echo "$port"
}

# Spotlight has no option for its address. It also reports to its makers, which a proxy that does not exist prevents.
here='import net from "node:net"; const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (port, host, then) { return listen.call(this, port, "127.0.0.1", then); };'
(cd "$work/spotlight" && HOME="$work/spotlight" https_proxy=http://127.0.0.1:9 \
  exec node --import "data:text/javascript,$here" "$spotlight/node_modules/.bin/spotlight" server --port 0) >"$work/spotlight.log" 2>&1 &
pids+=($!)

export HOME="$work/bugsink"
cd "$work/bugsink"
{
  "$bugsink/bin/bugsink-create-conf" --template=local --host=127.0.0.1
  # No reports to its makers, no files outside of this directory, and only events that conform to Sentry's schema.
  cat >>bugsink_conf.py <<CONF
BUGSINK["PHONEHOME"] = False
BUGSINK["VALIDATE_ON_DIGEST"] = "strict"
BUGSINK["INGEST_STORE_BASE_DIR"] = "$PWD/ingestion"
CONF
  "$bugsink/bin/bugsink-manage" migrate
  "$bugsink/bin/bugsink-manage" migrate --database=snappea
  "$bugsink/bin/bugsink-manage" shell -c '
from projects.models import Project
from teams.models import Team
project = Project.objects.create(name="Reelscope", team=Team.objects.create(name="Reelscope"))
open("project", "w").write(f"{project.sentry_key.hex} {project.id}")'
} >"$work/set-up.log" 2>&1 || { cat "$work/set-up.log" >&2; exit 1; }
"$bugsink/bin/gunicorn" --bind 127.0.0.1:0 --workers 2 --timeout 60 bugsink.wsgi >"$work/bugsink.log" 2>&1 &
pids+=($!)
read -r key project < <(cat project; echo)
cd - >/dev/null

spotlight_port="$(port_of "$work/spotlight.log" 'Spotlight listening on ')"
bugsink_port="$(port_of "$work/bugsink.log" 'Listening at: http://127.0.0.1:')"
"$bugsink/bin/python" scripts/other-tools.py "$program" "$work" "http://127.0.0.1:$spotlight_port" \
  "http://$key@127.0.0.1:$bugsink_port/$project" "$work/bugsink/db.sqlite3"
