"""``python -m benchmarks [NAME ...]``: runs benchmarks by name; by default the streams one."""

from __future__ import annotations

import argparse
import runpy
import sys

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


def main() -> None:
    listing = "\n".join(f"  {name:<10}{what}" for name, (_, what) in BENCHMARKS.items())
    parser = argparse.ArgumentParser(
        prog="make bench", epilog=listing, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "name", nargs="*", default=["streams"], help="which (default: streams); 'all' for all"
    )
    parser.add_argument(
        "--json", metavar="FILE", help="write the results of a single benchmark as JSON too"
    )
    options = parser.parse_args()
    names = [name for name in BENCHMARKS if name != "soak"] if "all" in options.name else options.name
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no such benchmark: {', '.join(unknown)}")
    if options.json and len(names) > 1:
        parser.error("--json goes with one benchmark")
    for name in names:
        sys.argv = [name, *(["--json", options.json] if options.json else [])]
        runpy.run_module(BENCHMARKS[name][0], run_name="__main__")


main()
