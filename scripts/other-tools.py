"""Runs the demo with each of two tools as the destination, and compares what it has with what Reelscope kept.

Usage: other-tools.py PROGRAM WORK_DIR SPOTLIGHT_URL BUGSINK_DSN BUGSINK_DATABASE; scripts/other-tools.sh starts the tools.
"""

import collections
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

import zstandard

SPINS_AT = "/api/v1/spins"
# Magic number of a compressed envelope, https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.
FRAME = b"\x28\xb5\x2f\xfd"
FOREIGN_SDK = pathlib.Path(__file__).parent.parent / "services/collector/tests/foreign_sdk.py"
# State of a delivered envelope in an export.
DELIVERED = 1
# Seconds without a new envelope after which no more are expected.
QUIET = 3
# Number of envelopes that Spotlight keeps for later readers.
SPOTLIGHT_KEEPS = 500
# Number of spins of virtual players, which make more envelopes than Spotlight keeps.
SPINS = 300
FAILURES = 10
# Limit of waiting in seconds, long enough for a busy machine.
DEADLINE = 120

differences = []


def differs(sentence):
    differences.append(sentence)


def wait_until(condition, what):
    """Calls `condition` repeatedly and returns its first true value."""
    deadline = time.monotonic() + DEADLINE
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"After {DEADLINE} seconds {what() if callable(what) else what}.")
        time.sleep(0.2)


class Reelscope:
    """`reelscope serve` in a directory of its own, with no settings but the DSN."""

    def __init__(self, program, directory, dsn):
        self.directory = directory
        self.program = program
        self.home = {"PATH": os.environ["PATH"], "HOME": str(directory), "XDG_CONFIG_HOME": str(directory / "config")}
        directory.mkdir()
        command = [program, "serve", "--demo", "--listen=127.0.0.1:0", "--players=1000", f"--dsn={dsn}"]
        with open(directory / "log", "w") as log:
            self.process = subprocess.Popen(
                [*command, f"--data-dir={directory / 'data'}"], env=self.home, stdout=subprocess.PIPE, stderr=log
            )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"Reelscope did not start: {(directory / 'log').read_text()}")
        ready = json.loads(line)
        self.url = ready["gateway"]
        self.token = ready["ui"].partition("token=")[2]
        self.collector_dsn = ready["collector_dsn"]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)

    def ask(self, method, path, body=None, **headers):
        """Sends a request and returns the reply as JSON. Only a spin may be refused."""
        headers = {"X-Reelscope-Token": self.token, "Content-Type": "application/json"} | headers
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if path != SPINS_AT:
                raise RuntimeError(f"Reelscope answers {method} {path} with {error.code}: {error.read().decode()}") from error
            return json.load(error)

    def delivery(self):
        return self.ask("GET", "/api/telemetry/delivery")

    def export(self):
        """Returns state and content of every stored envelope."""
        file = self.directory / "export.sqlite"
        file.unlink(missing_ok=True)
        command = [self.program, "telemetry", "export", str(file), "--data-dir", str(self.directory / "data")]
        subprocess.run(command, env=self.home, check=True, stdout=subprocess.DEVNULL)
        with sqlite3.connect(file) as connection:
            rows = connection.execute("SELECT state, body FROM envelopes JOIN bodies USING (seq) ORDER BY seq")
            return [(state, parsed(body)) for state, body in rows]


def parsed(body):
    """Parses an envelope: its header and its items, each with header and payload. All payloads are JSON. Numbers become
    floating point, because Spotlight reads them so."""
    if body.startswith(FRAME):
        body = zstandard.decompress(body)
    line, _, rest = body.partition(b"\n")
    items = []
    while rest.strip():
        item_line, _, rest = rest.partition(b"\n")
        header = json.loads(item_line)
        length = header.get("length", rest.find(b"\n") if b"\n" in rest else len(rest))
        payload, rest = rest[:length], rest[length + 1 :]
        items.append((header, json.loads(payload, parse_int=float)))
    return json.loads(line), items


def play(reelscope):
    """Makes the demo show everything that it can, at least once."""
    ask = reelscope.ask
    session = ask("POST", "/api/v1/sessions", {"account_code": "RS-000001"})
    bearer = {"Authorization": f"Bearer {session['token']}"}

    def spin():
        ask("POST", SPINS_AT, {"stake": 1000}, **bearer, **{"Idempotency-Key": str(uuid.uuid4())})

    # Done before there is traffic, so that the request made for a fault is the one that meets it.
    def is_seen(fault):
        # Some faults need a request of their own. The leak shows only in gauges, and the paytable only in wins.
        if fault["id"] == "n-plus-one":
            ask("GET", "/api/v1/rounds?limit=20", **bearer)
        elif fault["id"] == "slow-report":
            ask("GET", "/api/v1/reports/daily", **bearer)
        else:
            spin()
        now = next(each for each in ask("GET", "/api/faults")["faults"] if each["id"] == fault["id"])
        return now["observed"] or fault["id"] in ("memory-leak", "rtp-anomaly")

    for fault in (each for each in ask("GET", "/api/faults")["faults"] if each["group"] == "extra"):
        path = f"/api/faults/{fault['id']}"
        if fault["how"] == "fire":
            ask("POST", f"{path}/fire", {})
        else:
            ask("PUT", path, {"state": "on"})
        wait_until(lambda: is_seen(fault), f"no trace shows {fault['id']}")
        if fault["how"] == "switch":
            ask("PUT", path, {"state": "off"})
        if fault["id"] == "expired-token":
            session = ask("POST", "/api/v1/sessions", {"account_code": "RS-000001"})
            bearer["Authorization"] = f"Bearer {session['token']}"

    # With the problems that the demo begins with, and then with their fixes.
    ask("PUT", "/api/traffic", {"running": True, "players": 20, "budget_percent": 50})
    ask("POST", "/api/faults/payment-errors/fire", {})

    def unseen_problems():
        faults = ask("GET", "/api/faults")["faults"]
        return [fault["id"] for fault in faults if fault["group"] == "story" and not fault["observed"]]

    wait_until(lambda: not unseen_problems(), lambda: f"no trace shows {', '.join(unseen_problems())}")
    ask("PUT", "/api/faults/provider-spike", {"state": "on"})
    wait_until(lambda: ask("GET", "/api/traffic")["failed"] >= FAILURES, f"virtual players have not met {FAILURES} failures")
    ask("PUT", "/api/faults/provider-spike", {"state": "off"})
    ask("PUT", "/api/faults/release", {"release": "1.2.0"})
    wait_until(lambda: ask("GET", "/api/traffic")["spins"] >= SPINS, f"virtual players have not made {SPINS} spins")

    # Another program sends an error, a log, measurements and a session, and a message in the field `logentry` of Sentry's
    # schema.
    sdk = [sys.executable, FOREIGN_SDK, reelscope.collector_dsn, "gzip"]
    subprocess.run(sdk, check=True, stdout=subprocess.DEVNULL)
    message = {"level": "warning", "logentry": {"message": "low on %s", "params": ["coins"]}}
    send = f"import sentry_sdk; sentry_sdk.init({reelscope.collector_dsn!r}); sentry_sdk.capture_event({message})"
    subprocess.run([sys.executable, "-c", send], check=True, stderr=subprocess.DEVNULL)
    ask("PUT", "/api/traffic", {"running": False, "players": 20, "budget_percent": 50})


def settled(reelscope):
    """Waits until nothing more is captured and only rate-limited envelopes are held; returns the state of delivery."""
    since, before = 0.0, None

    def is_quiet():
        nonlocal since, before
        now = reelscope.delivery()
        if now["captured"] != before:
            since, before = time.monotonic(), now["captured"]
        waits = now["held"] - now["held_by_reason"].get("rate_limited", 0)
        return waits == 0 and now["in_flight"] == 0 and time.monotonic() - since > QUIET and now

    def unfinished():
        now = reelscope.delivery()
        error = now.get("last_error", {}).get("detail", "none").rstrip(".")
        return f"{now['held']} of {now['captured']} envelopes are not delivered: {now['held_by_reason']}, last error: {error}"

    return wait_until(is_quiet, unfinished)


def check_delivery(tool, delivery, may_limit):
    """Checks that all envelopes are delivered or, if the tool has limited a category, held. Returns the limited ones."""
    limited = {limit["category"] for limit in delivery["rate_limits"]}
    held = delivery["held"] if limited else 0
    if delivery["captured"] != delivery["delivered"] + held or delivery["refused"]:
        differs(f"{tool}: Reelscope's numbers are {delivery['captured']} captured, {delivery['delivered']} delivered, held "
                f"{delivery['held_by_reason']}, dead {delivery['dead_by_reason']}, {delivery['refused']} refused.")
    if limited - may_limit:
        differs(f"{tool} has limited {', '.join(sorted(limited - may_limit))}.")
    return limited


class Stream:
    """The envelopes that Spotlight streams to one reader: the buffered ones, and those that arrive later."""

    def __init__(self, url):
        self.envelopes = []
        self.answer = urllib.request.urlopen(url + "/stream", timeout=DEADLINE * 10)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.answer:
            if line.startswith(b"data: "):
                self.envelopes.append(json.loads(line[len(b"data: ") :], parse_int=float))

    def read_until(self, count):
        wait_until(lambda: len(self.envelopes) >= count, lambda: f"Spotlight streams {len(self.envelopes)} of {count} envelopes")
        return list(self.envelopes)


def contents(envelopes):
    """Counts equal items, by type, content and envelope."""

    def item(envelope_header, header, payload):
        # Spotlight writes the type of the item into the payload.
        payload = {name: value for name, value in payload.items() if name != "type"}
        return json.dumps([header["type"], envelope_header.get("event_id"), payload], sort_keys=True)

    return collections.Counter(item(head, header, payload) for head, items in envelopes for header, payload in items)


def by_type(envelopes):
    return collections.Counter(header["type"] for _, items in envelopes for header, _ in items)


def run(program, directory, dsn):
    reelscope = Reelscope(program, directory, dsn)
    try:
        play(reelscope)
        delivery = settled(reelscope)
        issues = reelscope.ask("GET", "/api/telemetry/issues?limit=500")["issues"]
    finally:
        reelscope.stop()
    # Exported after the stop, which may capture and deliver more.
    return delivery, reelscope.export(), len(issues)


def spotlight(program, work, url):
    live = Stream(url)
    delivery, kept, _ = run(program, work / "to-spotlight", url.replace("://", "://reelscope@") + "/1")
    check_delivery("Spotlight", delivery, may_limit=set())
    delivered = [envelope for state, envelope in kept if state == DELIVERED]
    kept = [envelope for _, envelope in kept]
    shown = live.read_until(len(delivered))
    buffered = Stream(url).read_until(min(SPOTLIGHT_KEEPS, len(shown)))

    print(f"\n{'Spotlight':<20} {'kept':>9} {'delivered':>9} {'shown':>9}")
    print(f"  {'envelopes':<18} {len(kept):>9} {len(delivered):>9} {len(shown):>9}")
    types = [by_type(each) for each in (kept, delivered, shown)]
    for kind in sorted(types[0] | types[2]):
        print(f"  {kind:<18} {types[0][kind]:>9} {types[1][kind]:>9} {types[2][kind]:>9}")
    print(f"  its buffer holds the newest {len(buffered)} envelopes")
    lost, foreign = contents(delivered) - contents(shown), contents(shown) - contents(kept)
    for what, items in (("does not show as they were delivered", lost), ("shows and Reelscope did not keep", foreign)):
        if items:
            differs(f"Spotlight {what} {items.total()} items, the first is {next(iter(items))[:500]}")
    if contents(buffered) != contents(shown[-len(buffered) :]):
        differs("Spotlight's buffer holds other envelopes than the newest.")


def bugsink(program, work, dsn, database):
    delivery, kept, our_issues = run(program, work / "to-bugsink", dsn)
    # Its first response limits these categories.
    limited = check_delivery("Bugsink", delivery, may_limit={"transaction", "span"})
    ours = {}
    for _, (envelope_header, items) in kept:
        for header, payload in items:
            if header["type"] == "event":
                ours[envelope_header["event_id"].replace("-", "")] = payload
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        connection.row_factory = sqlite3.Row
        rows = list(connection.execute("SELECT * FROM events_event"))
        [[issues]] = connection.execute("SELECT count(*) FROM issues_issue")
    theirs = {row["event_id"]: row for row in rows}

    print(f"\n{'Bugsink':<20} {'kept':>9} {'there':>9}")
    print(f"  {'error events':<18} {len(ours):>9} {len(theirs):>9}")
    print(f"  {'issues':<18} {our_issues:>9} {issues:>9}  (each groups by rules of its own)")
    print(f"  it limits {', '.join(sorted(limited)) or 'nothing'}; {delivery['delivered']} of {delivery['captured']} envelopes "
          f"delivered, {delivery['held']} held for that")
    missing, foreign = ours.keys() - theirs.keys(), theirs.keys() - ours.keys()
    if len(rows) != len(theirs) or missing or foreign:
        first = [json.dumps(ours[event_id])[:500] for event_id in missing][:1]
        differs(f"Bugsink has {len(rows)} events: {len(missing)} of Reelscope's {len(ours)} are missing (it refuses what does not "
                f"fit Sentry's schema), {len(foreign)} are not Reelscope's. The first that is missing: {first}")
    if not ours or not 0 < issues < len(ours):
        differs(f"Bugsink made {issues} issues of {len(ours)} events.")
    for event_id in ours.keys() & theirs.keys():
        event, row = ours[event_id], theirs[event_id]
        for field in ("level", "platform", "release", "environment", "server_name"):
            # Bugsink fills in level and platform itself.
            if event.get(field, {"level": row["level"], "platform": "other"}.get(field, "")) != row[field]:
                differs(f"Bugsink reads {field} of event {event_id} as {row[field]!r}; it is {event.get(field)!r}.")
        exception = ((event.get("exception") or {}).get("values") or [{}])[-1]
        if "type" in exception and exception["type"] != row["calculated_type"]:
            differs(f"Bugsink calls event {event_id} {row['calculated_type']!r}; its exception is {exception['type']!r}.")


def main(program, work, spotlight_url, bugsink_dsn, bugsink_database):
    work = pathlib.Path(work)
    for tool, check in (
        ("Spotlight", lambda: spotlight(program, work, spotlight_url)),
        ("Bugsink", lambda: bugsink(program, work, bugsink_dsn, bugsink_database)),
    ):
        try:
            check()
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            differs(f"{tool}: {error}")
    for sentence in differences:
        print(f"DIFFERS {sentence}")
    if not differences:
        print("\nBoth have everything that they take, as it was kept.")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
