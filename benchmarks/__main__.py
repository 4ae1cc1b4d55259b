"""``python -m benchmarks [NAME ...]``: runs benchmarks by name; by default the streams one.

Each runs in a process of its own, so that none measures what another left behind. With ``--json`` their
results come in one file, each with the facts of the machine, under ``NAME`` or ``NAME/BROKER``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

BENCHMARKS = {
    "streams": (
        "benchmarks.streams_stage",
        "raw -> located events, beside Faust, quixstreams, bytewax, a bare loop",
    ),
    "locating": ("benchmarks.locating", "points -> wijken, beside one polygon at a time"),
    "ingest": ("benchmarks.ingest_publish", "outbox -> broker, beside a bare send loop"),
    "path": ("benchmarks.whole_path", "raw -> exact cells, all parts at once; memory of each"),
    "freshness": ("benchmarks.freshness", "accepted -> visible in its cell, at 200 events a second"),
    "panels": ("benchmarks.panels", "every panel over 100 million events (takes ten minutes)"),
    "loader": ("benchmarks.loader", "events -> ClickHouse, beside a bare insert"),
    "backfill": ("benchmarks.backfill", "an archive replayed beside live events: rate and freshness"),
    "soak": ("benchmarks.soak", "everything under a steady load for an hour (not part of 'all')"),
}


BY_BROKER = frozenset({"streams", "ingest", "path", "freshness"})
"""Those that run on either broker."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is named, one after the other; return 0 if each says that all came out."""
    options = _options(arguments)
    report: dict[str, Any] = {}
    failed = []
    for label, command in _runs(options.name, options.broker):
        print(f"== {label}", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            result = Path(folder) / "result.json"
            status = subprocess.run([*command, "--json", str(result)], check=False).returncode
            if result.exists():
                report[label] = json.loads(result.read_text())
        if status != 0:
            failed.append(label)
        if options.json:  # written as it grows: a report of an hour is not lost with its last part
            options.json.write_text(json.dumps(report, indent=2) + "\n")
    if failed:
        print(f"did not come out: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _runs(names: Sequence[str], brokers: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield label and command of each run: one per broker where the broker matters."""
    for name in names:
        command = [sys.executable, "-m", BENCHMARKS[name][0]]
        if name not in BY_BROKER:
            yield name, command
            continue
        for broker in brokers:
            yield f"{name}/{broker}", [*command, "--broker", broker]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    listing = "\n".join(f"  {name:<10}{what}" for name, (_, what) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="make bench", epilog=listing, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "name",
        nargs="*",
        default=["streams"],
        choices=[*BENCHMARKS, "all"],
        metavar="name",
        help="which (default: streams); 'all' for all",
    )
    parser.add_argument(
        "--broker",
        action="append",
        choices=("kafka", "embedded", "auto"),
        help=f"repeat for several (default: auto); for {', '.join(sorted(BY_BROKER))}",
    )
    parser.add_argument(
        "--json", metavar="FILE", type=Path, help="write the results with facts of the machine too"
    )
    options = parser.parse_args(arguments)
    options.broker = options.broker or ["auto"]
    if "all" in options.name:
        options.name = [name for name in BENCHMARKS if name != "soak"]
    return options


if __name__ == "__main__":
    sys.exit(main())
