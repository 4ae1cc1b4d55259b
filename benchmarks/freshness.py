"""How long after it was accepted an event is visible in its cell, at a steady rate.

    python -m benchmarks.freshness [--rate N] [--seconds N] [--json FILE] [--broker auto|kafka|embedded]

Real ingest (outbox and publisher), streams, loader and recompute, each as its own process, beside broker
and warehouse. A source gives ``rate`` events a second; each has a cell of its own (wijk, theme, hour),
so that the cell tells when that very event became visible: accepted is the envelope's time of receipt,
visible is the done mark that was written after its cell. Both clocks are this machine's.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from benchmarks.parts import RunningParts
from benchmarks.stand import Stand, standing
from domain.clock import SystemClock
from domain.events import Incident
from domain.places import Location
from domain.themes import THEMES
from domain.topics import Lane
from ingest.keys import KEY_BYTES, KeyedHash
from ingest.protocol import Cursor, Draft, Feed, Poll, Source
from ingest.service import IngestConfig, run
from wijkbeeld.gemeenten import load_municipality

SOURCE = "steady"
PARTS = ("streams", "loader", "recompute")
BAR_SECONDS = 1.0
POLL_SECONDS = 0.02
_QUANTILES = (0.5, 0.9, 0.99, 0.999)


class Steady:
    """A connector that gives ``rate`` events a second until it gave ``total``, each for its own cell."""

    def __init__(self, rate: int, total: int) -> None:
        wijken = [wijk.code for wijk in load_municipality("nijmegen").wijken]
        # A sensitive theme is counted for the whole gemeente, so its events would share cells.
        themes = [theme for theme, info in THEMES.items() if not info.sensitive]
        self._cells = itertools.product(range(24 * 300), wijken, themes)
        self._rate, self._total = rate, total
        self._began: datetime | None = None

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """Return what is due by now."""
        self._began = self._began or now
        given = 0 if cursor is None else int(str(cursor["given"]))
        due = min(self._total, int((now - self._began).total_seconds() * self._rate))
        drafts = [self._draft(number) for number in range(given, due)]
        wait = timedelta(seconds=POLL_SECONDS)
        return Poll(drafts, {"given": max(given, due)}, wait, done=due >= self._total)

    def _draft(self, number: int) -> Draft:
        hours, wijk, theme = next(self._cells)
        at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours + 1)
        data = Incident(occurred_at=at, category="bench", theme=theme, location=Location(wijk=wijk))
        return Draft(f"steady-{number}", data)


def _ingest(broker: str, folder: Path, rate: int, total: int) -> None:
    """Run ingest with the steady source; ended by SIGTERM."""
    config = IngestConfig(
        outbox_path=folder / "outbox.sqlite",
        keyed=KeyedHash(bytes(KEY_BYTES)),
        bootstrap=broker,
        incarnation="bench",
        forgets=False,
        municipality=load_municipality("nijmegen"),
        sources=(Source(SOURCE, (Feed(Lane.LIVE, Steady(rate, total)),)),),
        clock=SystemClock(),
    )
    run(config, threading.Event(), lambda: None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; return 0 if every event became visible."""
    options = _options(arguments)
    console = Console()
    total = options.rate * options.seconds
    with (
        tempfile.TemporaryDirectory() as folder,
        standing(Path(folder), (SOURCE,), options.broker) as stand,
    ):
        console.print(f"broker: {stand.broker.name}{f' ({stand.note})' if stand.note else ''}")
        data = Path(folder) / "data"
        with RunningParts(PARTS, data, stand.broker.address, stand.url, sources=SOURCE):
            console.print(f"{options.rate} events a second for {options.seconds} s ...")
            arguments_of_ingest = (stand.broker.address, data, options.rate, total)
            ingest = get_context("spawn").Process(target=_ingest, args=arguments_of_ingest)
            ingest.start()
            _wait_until_counted(stand, total, options.seconds + 60)
            ingest.terminate()
            ingest.join(20)
        delays = _delays(stand)
    report = {"rate": options.rate, "events": total, "visible": len(delays)} | _figures(delays)
    console.print(_table(report))
    if options.json:
        whole = {
            "benchmark": "freshness",
            "broker": stand.broker.name,
            "machine": machine_facts(),
            **report,
        }
        options.json.write_text(json.dumps(whole, indent=2) + "\n")
    return 0 if len(delays) == total else 1


def _wait_until_counted(stand: Stand, total: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        time.sleep(1.0)  # rare, so that looking does not change what is looked at
        if stand.client.query("SELECT sum(n) FROM cell FINAL") == [(total,)]:
            return


def _delays(stand: Stand) -> list[float]:
    """Return for each visible event the seconds from its receipt to the done mark of its cell."""
    rows = stand.client.query(
        """
        SELECT dateDiff('millisecond', received_at, done.at)
        FROM event_now FINAL
        INNER JOIN (SELECT wijk, theme, hour, gen FROM cell FINAL WHERE n = 1) AS cell
            ON cell.wijk = event_now.wijk AND cell.theme = event_now.theme
            AND cell.hour = toStartOfHour(event_now.occurred_at)
        INNER JOIN (SELECT gen, min(at) AS at FROM dirty_done GROUP BY gen) AS done
            ON done.gen = cell.gen
        """
    )
    return sorted(int(milliseconds) / 1000 for (milliseconds,) in rows)


def _figures(delays: list[float]) -> dict[str, Any]:
    if not delays:
        return {}
    cuts = statistics.quantiles(delays, n=1000, method="inclusive")
    return {f"p{100 * q:g}": cuts[round(q * 1000) - 1] for q in _QUANTILES} | {"max": delays[-1]}


def _table(report: dict[str, Any]) -> Table:
    table = Table(
        title=f"accepted -> visible in its cell, {report['rate']} events/s "
        f"({report['visible']:,} of {report['events']:,} events)",
        caption=f"bar: p99 < {BAR_SECONDS:g} s",
    )
    names = [name for name in report if name.startswith("p") or name == "max"]
    for name in names:
        table.add_column(name, justify="right")
    table.add_row(*(f"{report[name]:.3f} s" for name in names))
    return table


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rate", type=int, default=200, help="events a second")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--broker", choices=("auto", "kafka", "embedded"), default="auto")
    parser.add_argument("--json", type=Path, help="write the figures and the machine's facts to FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
