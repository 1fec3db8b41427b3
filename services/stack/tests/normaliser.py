"""Runs every event and transaction of a directory of envelopes through Sentry's own normaliser.

Usage: normaliser.py DIRECTORY. Needs the wheel sentry-relay. Prints one line a finding; exits 1 when there is any.
"""

import json
import pathlib
import sys

from sentry_relay.processing import StoreNormalizer

def items(raw):
    """Type and payload of every item of an envelope."""
    _, _, rest = raw.partition(b"\n")
    while rest.strip(b"\n"):
        line, _, rest = rest.partition(b"\n")
        header = json.loads(line)
        length = header.get("length")
        if length is None:
            payload, _, rest = rest.partition(b"\n")
        else:
            payload, rest = rest[:length], rest[length:].lstrip(b"\n")
        yield header["type"], payload


def remarks(meta, path=""):
    """Every remark and error in a `_meta` tree, with its path."""
    if not isinstance(meta, dict):
        return
    for key, value in meta.items():
        if key == "":
            for kind in ("rem", "err"):
                for remark in value.get(kind) or []:
                    yield f"{path}: {kind} {json.dumps(remark)}"
        else:
            yield from remarks(value, f"{path}/{key}")


def main(directory):
    findings, counts = [], {}
    for file in sorted(pathlib.Path(directory).iterdir()):
        for kind, payload in items(file.read_bytes()):
            if kind not in ("event", "transaction"):
                continue
            counts[kind] = counts.get(kind, 0) + 1
            normalizer = StoreNormalizer(project_id=1, protocol_version="7", enrich_spans=True)
            event = json.loads(payload)
            if kind == "transaction":
                # Relay takes the kind from the item before it normalises.
                event.setdefault("type", kind)
            try:
                normalised = normalizer.normalize_event(raw_event=json.dumps(event).encode())
            except Exception as error:  # the wheel has its own kinds of exceptions
                findings.append(f"{file.name}: rejected: {error}")
                continue
            for error in normalised.get("errors") or []:
                findings.append(f"{file.name}: {json.dumps(error)}")
            findings.extend(f"{file.name}: {remark}" for remark in remarks(normalised.get("_meta") or {}))
            lost = set(event.get("measurements") or {}) - set(normalised.get("measurements") or {})
            if lost:
                findings.append(f"{file.name}: measurements lost: {sorted(lost)}")
    print(json.dumps(counts))
    print("\n".join(sorted(set(findings))[:50]))
    return 1 if findings or not counts else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
