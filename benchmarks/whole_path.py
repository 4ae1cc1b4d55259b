"""The whole path: raw topic -> validated, located, classified -> ClickHouse -> exact cells.

    python -m benchmarks.whole_path [--events N] [--json FILE] [--broker auto|kafka|embedded]

The raw topic is filled first. Then streams, loader and recompute run, each as its own process, beside
broker and warehouse on the same cores, until every event is counted in its cell and no batch waits to be
recomputed. Rates are of the middle of the run: from the first second with stored events until the last
event was stored, and until the last cell was right. The cells are compared with what was written.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from benchmarks.parts import Machine, RunningParts, Use
from benchmarks.raw_events import SOURCE, batches
from benchmarks.stand import Stand, standing
from domain.topics import PARTITIONS, Lane, raw_topic
from streams.publishing import Publisher
from warehouse.counts import read_lag
from wijkbeeld.gemeenten import load_municipality

PARTS = ("streams", "loader", "recompute")
BAR = 50_000
LOOK_SECONDS = 1.0
GIVE_UP_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Look:
    """What was there at a moment, in seconds of a clock that never goes back."""

    at: float
    stored: int
    counted: int
    waiting: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; return 0 if every event was counted."""
    options = _options(arguments)
    console = Console()
    with (
        tempfile.TemporaryDirectory() as folder,
        standing(Path(folder), (SOURCE,), options.broker) as stand,
    ):
        console.print(f"broker: {stand.broker.name}{f' ({stand.note})' if stand.note else ''}")
        console.print(f"writing {options.events:,} raw events to {PARTITIONS} partitions ...")
        asyncio.run(_fill(stand.broker.address, options.events))
        console.print("streams, loader and recompute start ...")
        with RunningParts(PARTS, Path(folder) / "data", stand.broker.address, stand.url) as parts:
            pids = parts.pids | {
                "broker": stand.broker.pid,
                "warehouse": stand.clickhouse.pid,
            }
            machine = Machine(pids)
            machine.begin()
            looks = _watch(console, stand, machine, options.events)
            uses = machine.uses()
        right = _cells_are_right(stand, options.events)
    report = _report(looks, uses, options.events, right)
    console.print(_table(report, uses, options.events))
    if options.json:
        whole = {
            "benchmark": "whole_path",
            "broker": stand.broker.name,
            "machine": machine_facts(),
            **report,
        }
        options.json.write_text(json.dumps(whole, indent=2) + "\n")
    return 0 if right else 1


async def _fill(bootstrap: str, events: int) -> None:
    publisher = Publisher(bootstrap, "benchmark")
    await publisher.start()
    topic = raw_topic(SOURCE, Lane.LIVE)
    for batch in batches(topic, events, PARTITIONS, load_municipality("nijmegen")):
        await publisher.publish([batch])
    await publisher.stop()


def _watch(console: Console, stand: Stand, machine: Machine, events: int) -> list[Look]:
    """Look every second until all is counted, or until nothing has moved for long."""
    looks = [Look(time.monotonic(), 0, 0, 0)]
    moved = time.monotonic()
    while looks[-1].counted < events or looks[-1].waiting:
        time.sleep(LOOK_SECONDS)
        machine.look()
        look = _look(stand)
        if (look.stored, look.counted) != (looks[-1].stored, looks[-1].counted):
            moved = look.at
        looks.append(look)
        if len(looks) % 10 == 0:
            console.print(f"  {look.stored:>12,} stored  {look.counted:>12,} counted")
        if time.monotonic() - moved > GIVE_UP_SECONDS:
            console.print("nothing moves any more", style="bold red")
            break
    return looks


def _look(stand: Stand) -> Look:
    ((stored,),) = stand.client.query(
        "SELECT sum(rows) FROM system.parts WHERE active AND table = 'event_log'"
    )
    ((counted,),) = stand.client.query("SELECT sum(n) FROM cell FINAL")
    return Look(time.monotonic(), int(stored), int(counted), read_lag(stand.client).batches)


def _cells_are_right(stand: Stand, events: int) -> bool:
    """Compare hours and days with the current truth, event by event."""
    ((wrong, total),) = stand.client.query(
        """
        SELECT countIf(truth.n != kept.n OR truth.digest != kept.digest), sum(kept.n) FROM
        (
            SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, count() AS n,
                sum(cityHash64(source, event_id, version)) AS digest
            FROM event_now FINAL WHERE counts = 1 GROUP BY wijk, theme, hour
        ) AS truth
        FULL JOIN (SELECT wijk, theme, hour, n, digest FROM cell FINAL WHERE n > 0) AS kept
        USING (wijk, theme, hour)
        """
    )
    ((days,),) = stand.client.query("SELECT sum(n) FROM cell_day FINAL")
    return int(wrong) == 0 and int(total) == int(days) == events


def _report(looks: list[Look], uses: dict[str, Use], events: int, right: bool) -> dict[str, Any]:
    begin = next((before for before, after in pairwise(looks) if after.stored), looks[0])
    stored = next((look for look in looks if look.stored >= events), looks[-1])
    seconds = stored.at - begin.at
    whole = looks[-1].at - begin.at
    return {
        "events": events,
        "complete": right,
        "seconds_to_stored": seconds,
        "seconds_to_cells": whole,
        "stored_per_second": (stored.stored - begin.stored) / seconds,
        "cells_per_second": looks[-1].counted / whole,
        "most_batches_waiting": max(look.waiting for look in looks),
        "parts": {
            name: {
                "cpu_seconds": use.cpu_seconds,
                "events_per_cpu_second": events / use.cpu_seconds if use.cpu_seconds else None,
                "rss_mib_after_a_quarter": use.rss_mib[len(use.rss_mib) // 4],
                "rss_mib_at_the_end": use.rss_mib[-1],
                "rss_mib_peak": max(use.rss_mib),
            }
            for name, use in uses.items()
        },
    }


def _table(report: dict[str, Any], uses: dict[str, Use], events: int) -> Table:
    rate = report["cells_per_second"]
    right = "every cell right" if report["complete"] else "CELLS ARE WRONG"
    table = Table(
        title=f"{events:,} raw events to exact cells: {rate:,.0f}/s (bar {BAR:,}/s); {right}",
        caption=f"stored at {report['stored_per_second']:,.0f}/s; cells right "
        f"{report['seconds_to_cells'] - report['seconds_to_stored']:.1f} s after the last event",
    )
    for column in ("", "events/CPU-s", "CPU-s", "MiB at 1/4", "MiB at end", "peak"):
        table.add_column(column, justify="left" if not column else "right")
    for name in uses:
        part = report["parts"][name]
        per_cpu = part["events_per_cpu_second"]
        table.add_row(
            name,
            f"{per_cpu:,.0f}" if per_cpu else "",
            f"{part['cpu_seconds']:.1f}",
            f"{part['rss_mib_after_a_quarter']:,.0f}",
            f"{part['rss_mib_at_the_end']:,.0f}",
            f"{part['rss_mib_peak']:,.0f}",
        )
    return table


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=3_000_000, help="11,000,000 make three minutes")
    parser.add_argument("--broker", choices=("auto", "kafka", "embedded"), default="auto")
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
