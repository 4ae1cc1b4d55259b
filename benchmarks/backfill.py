"""A backfill beside live events: how fast it goes, and how fresh the cells stay meanwhile.

    python -m benchmarks.backfill [--events N] [--live N] [--calm SECONDS] [--json FILE]

A whole `wijkbeeld up` runs, with a receiver's lines coming in at a steady rate: first alone, then beside
`wijkbeeld replay` of an archive. Freshness is the time from an event's receipt until the cells of its
batch are marked done, which is a little more than the time until it is visible.

The default is small; the figure that the design asks for is `--events 5000000`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.archive_rows import SOURCE, write_archive
from benchmarks.machine import machine_facts
from tests.system.archives import write_lines
from tests.system.running import RunningWijkbeeld
from wijkbeeld.gemeenten import load_municipality

LOOK_SECONDS = 5.0
LATE_SECONDS = 15

# The first marks of its cell that were written after an event, and when they were done.
FRESHNESS = """
SELECT groupArray(toInt64(if(done = toDateTime64(0, 3, 'UTC'), 999999,
    dateDiff('millisecond', received_at, done)))) FROM
(
    SELECT received_at, marks.done AS done
    FROM
    (
        SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, received_at, ingested_at AS at
        FROM event_log
        WHERE source = 'p2000' AND counts = 1
            AND received_at >= '{since}' AND received_at < '{until}'
    ) AS events
    ASOF LEFT JOIN
    (
        SELECT wijk, theme, hour, dirty.at AS at, finished.at AS done
        FROM dirty ARRAY JOIN cells.wijk AS wijk, cells.theme AS theme, cells.hour AS hour
        INNER JOIN (SELECT token, min(at) AS at FROM dirty_done GROUP BY token) AS finished
            ON finished.token = dirty.token
        WHERE lane = 'live'
    ) AS marks
    ON events.wijk = marks.wijk AND events.theme = marks.theme AND events.hour = marks.hour
        AND events.at <= marks.at
)
FORMAT TSV
"""


class Freshness:
    """Collects the milliseconds of every live event, while its marks are still there."""

    def __init__(self, running: RunningWijkbeeld) -> None:
        self._running = running
        self._since = datetime.now(UTC)

    def collect(self) -> list[int]:
        """Return those of the events that were received since the last call, but for the newest."""
        until = datetime.now(UTC) - timedelta(seconds=LATE_SECONDS)
        if until <= self._since:
            return []
        form = "%Y-%m-%d %H:%M:%S"
        found = self._running.sql(
            FRESHNESS.format(since=self._since.strftime(form), until=until.strftime(form))
        )
        self._since = until
        return list(json.loads(found))


@contextmanager
def live_lines(file: Path, lines: Sequence[str], rate: float) -> Iterator[None]:
    """Append lines to a file, so many a second."""
    stop = threading.Event()

    def feed() -> None:
        with file.open("a") as out:
            for line in lines:
                out.write(line)
                out.flush()
                if stop.wait(1 / rate):
                    return

    thread = threading.Thread(target=feed, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def watch(
    running: RunningWijkbeeld, freshness: Freshness, replay: subprocess.Popen[str] | None, seconds: float
) -> tuple[list[int], float]:
    """Collect freshness until the replay ends, or for ``seconds``; with the broker's peak in MiB."""
    found: list[int] = []
    peak = 0.0
    broker = psutil.Process(running.parts()["broker"]["pid"])
    # What the embedded broker runs under is a guard of ours.
    family = [broker, *broker.children(recursive=True)]
    end = time.monotonic() + seconds
    while (replay.poll() is None) if replay else (time.monotonic() < end):
        time.sleep(LOOK_SECONDS)
        found += freshness.collect()
        peak = max(peak, sum(one.memory_info().rss for one in family if one.is_running()) / 2**20)
    time.sleep(LATE_SECONDS)
    return found + freshness.collect(), peak


def measure(options: argparse.Namespace, folder: Path, console: Console) -> dict[str, Any]:
    """Run the system, then the replay in it."""
    municipality = load_municipality("nijmegen")
    console.print(f"writing an archive of {options.events:,} events ...")
    write_archive(folder / "archive", options.events, municipality, days=options.days)
    write_lines(folder / "lines.txt", 100_000)
    lines = (folder / "lines.txt").read_text().splitlines(keepends=True)
    growing = folder / "growing.txt"
    growing.write_text(lines[0])
    with (
        RunningWijkbeeld(folder / "data", "--source", f"p2000={growing}") as running,
        live_lines(growing, lines[1:], options.live),
    ):
        time.sleep(LATE_SECONDS)
        freshness = Freshness(running)
        console.print(f"{options.live:g} live events per second for {options.calm:.0f} s ...")
        calm, calm_broker = watch(running, freshness, None, options.calm)
        console.print("and the backfill beside them ...")
        began = time.monotonic()
        command = [sys.executable, "-m", "wijkbeeld", "replay", "--all", "--json"]
        command += ["--folder", str(folder / "archive"), "--data-dir", str(running.data_dir)]
        command += ["--rate", str(options.rate)] if options.rate else []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as replay:
            busy, busy_broker = watch(running, freshness, replay, 0.0)
            job = json.loads(replay.stdout.read()) if replay.stdout else {}
        seconds = _seconds(job) or time.monotonic() - began
        stored = int(running.sql(f"SELECT uniqExact(receipt) FROM event_log WHERE source = '{SOURCE}'"))
    return {
        "events": stored,
        "seconds": seconds,
        "events_per_second": stored / seconds,
        "calm": _figures(calm) | {"broker_mib": calm_broker},
        "backfill": _figures(busy) | {"broker_mib": busy_broker},
    }


def _seconds(job: dict[str, Any]) -> float:
    if not job.get("finished_at"):
        return 0.0
    begun, ended = (datetime.fromisoformat(job[name]) for name in ("started_at", "finished_at"))
    return (ended - begun).total_seconds()


def _figures(milliseconds: Sequence[int]) -> dict[str, float]:
    ordered = sorted(milliseconds) or [0]
    at = {"p50": 0.5, "p99": 0.99, "max": 1.0}
    places = {name: min(len(ordered) - 1, int(len(ordered) * share)) for name, share in at.items()}
    return {"live_events": len(milliseconds)} | {n: ordered[i] / 1000 for n, i in places.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; return 0 if every event arrived."""
    options = _options(arguments)
    console = Console()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(options, Path(folder), console)
    table = Table("", "live events", "fresh p50 s", "p99 s", "max s", "broker peak MiB")
    for name in ("calm", "backfill"):
        found = result[name]
        table.add_row(
            name,
            f"{found['live_events']:,}",
            *(f"{found[point]:.2f}" for point in ("p50", "p99", "max")),
            f"{found['broker_mib']:,.0f}",
        )
    console.print(table)
    console.print(
        f"backfill: {result['events']:,} events in {result['seconds']:.0f} s, "
        f"{result['events_per_second']:,.0f} per second, to exact cells"
    )
    if options.json:
        report = {"machine": machine_facts(), "results": {"backfill": result}}
        Path(options.json).write_text(json.dumps(report, indent=2))
    return 0 if result["events"] == options.events else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a backfill beside live events")
    parser.add_argument("--events", type=int, default=300_000)
    parser.add_argument("--days", type=int, default=365, help="days of receipt they are spread over")
    parser.add_argument("--live", type=float, default=20.0, help="live events per second")
    parser.add_argument("--calm", type=float, default=30.0, help="seconds without the backfill")
    parser.add_argument("--rate", type=float, help="of the replay; by default what it chooses")
    parser.add_argument("--json", metavar="FILE")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
