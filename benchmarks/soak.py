"""A whole Wijkbeeld under a steady load for an hour, or for as long as you like.

    python -m benchmarks.soak [--minutes 60] [--rate 20] [--every 60] [--json FILE]

`wijkbeeld up` runs in an empty folder and reads a receiver's file that grows by `--rate` lines a second;
`--demo` adds the demo city and its history. Every `--every` seconds it takes down counts, what is in
flight, memory of each part, disk, and active parts in ClickHouse. At the end the input stops. The exit
status is 0 if then everything is accounted for, no part was restarted, no table had more active parts
than ClickHouse bears, and no part's memory went on growing.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine_facts
from tests.system.archives import START, receiver_line
from tests.system.running import RunningWijkbeeld
from warehouse.client import connect
from wijkbeeld.access import WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir

MIB = 2**20
MEMORY = ("warehouse", "ingest", "streams", "loader", "recompute", "page", "broker")
MOST_ACTIVE_PARTS = 300
"""Of one table. ClickHouse slows inserts down at 1,000 in one partition."""

MOST_GROWTH = 1.25
"""Peak memory of a part in the second half, over that in the first half ..."""

MOST_GROWTH_MIB = 48
"""... or so many MiB more, whichever is more: what an allocator keeps differs from run to run."""

_PARTS = "SELECT count() FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table"


class Receiver:
    """Writes lines at a steady rate, as many as are due at each call.

    Their times are minutes apart, as in an archive: of many messages at once most would be taken for
    repeats of one another.
    """

    def __init__(self, file: Path, rate: float) -> None:
        self._file = file
        self._rate = rate
        self._draw = random.Random(1)
        self._moment = START
        self._began = time.monotonic()
        self.written = 0

    def write_due(self) -> None:
        """Write the lines that are due by now."""
        due = int((time.monotonic() - self._began) * self._rate)
        with self._file.open("a") as lines:
            while self.written < due:
                self._moment += timedelta(seconds=self._draw.randrange(10, 600))
                lines.write(receiver_line(self._moment, self._draw))
                self.written += 1


def active_parts(data_dir: Path) -> list[int]:
    """Return the number of active parts of each table; the reader does not get to see them."""
    url = str(json.loads((data_dir / "access.json").read_text())["url"])
    password = load_or_create_credentials(DataDir(data_dir).credentials).writer_password
    client = connect(url, WRITER, password)
    try:
        return [int(number) for (number,) in client.query(_PARTS)]
    finally:
        client.close()


def reading(running: RunningWijkbeeld, began: float) -> dict[str, Any]:
    """Return what is to be seen now; memory in MiB, disk in MiB, times in seconds."""
    status = running.status()
    totals = status.get("totals", {})
    counts = active_parts(running.data_dir)
    parts = running.parts()
    return {
        "seconds": round(time.monotonic() - began),
        "received": totals.get("received"),
        "stored": totals.get("stored"),
        "in_flight": totals.get("in_flight"),
        "dirty_batches": (status.get("lag") or {}).get("dirty_batches"),
        "memory": {name: round(running.memory(name) / MIB) for name in MEMORY if name in parts},
        "disk": {name: round(size / MIB, 1) for name, size in _disk(running.data_dir).items()},
        "active_parts": sum(counts),
        "most_active_parts": max(counts, default=0),
        "rolls": status.get("rolls"),
        "restarts": sum(part["restarts"] for part in parts.values()),
    }


def _disk(data_dir: Path) -> dict[str, int]:
    return {
        "outbox": sum(_size(path) for path in data_dir.glob("outbox.sqlite*")),
        "clickhouse": sum(_size(path) for path in (data_dir / "clickhouse").rglob("*")),
        "logs": sum(_size(path) for path in (data_dir / "logs").glob("*")),
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size if path.is_file() else 0
    except FileNotFoundError:  # a part that was merged away between listing and looking
        return 0


def faults(rows: Sequence[Mapping[str, Any]], written: int) -> list[str]:
    """Return in one line each what is not as it should be; the last row is from after the input."""
    last = rows[-1]
    found = []
    if last["in_flight"] != 0 or (last["received"] or 0) < written:
        found.append(
            f"{written} lines written, {last['received']} received, {last['in_flight']} in flight"
        )
    if last["restarts"]:
        found.append(f"parts were restarted {last['restarts']} times")
    most = max(row["most_active_parts"] for row in rows)
    if most > MOST_ACTIVE_PARTS:
        found.append(f"a table had {most} active parts")
    half = len(rows) // 2
    for name in last["memory"] if half else ():
        early = max(row["memory"].get(name, 0) for row in rows[:half])
        late = max(row["memory"].get(name, 0) for row in rows[half:])
        if late > max(early * MOST_GROWTH, early + MOST_GROWTH_MIB):
            found.append(f"{name} grew from {early} to {late} MiB")
    return found


def soak(
    options: argparse.Namespace, folder: Path, console: Console
) -> tuple[list[dict[str, Any]], int]:
    """Run it; return the rows and how many lines were written."""
    lines = folder / "lines.txt"
    lines.touch()
    sources = ["--source", f"p2000={lines}", *(["--source", "demo"] if options.demo else [])]
    rows: list[dict[str, Any]] = []
    with RunningWijkbeeld(folder / "data", *sources, workers=options.workers) as running:
        receiver = Receiver(lines, options.rate)
        began = time.monotonic()
        for _ in _ticks(options.minutes * 60, options.every, receiver):
            rows.append(reading(running, began))
            _tell(console, rows[-1])
        deadline = time.monotonic() + 300
        while time.monotonic() < deadline:
            rows[-1:] = [reading(running, began)]
            if rows[-1]["in_flight"] == 0 and (rows[-1]["received"] or 0) >= receiver.written:
                break
            time.sleep(1)
    return rows, receiver.written


def _ticks(seconds: float, every: float, receiver: Receiver) -> Iterator[None]:
    """Yield every so often until the time is over; the receiver writes all the while."""
    began = time.monotonic()
    due = every
    while (passed := time.monotonic() - began) < seconds:
        receiver.write_due()
        if passed >= due:
            due += every
            yield
        time.sleep(0.2)
    yield


def _tell(console: Console, row: Mapping[str, Any]) -> None:
    memory = " ".join(f"{name} {size}" for name, size in row["memory"].items())
    console.print(
        f"{row['seconds']:>6} s  received {row['received']}, stored {row['stored']},"
        f" in flight {row['in_flight']}, parts {row['active_parts']}, MiB: {memory}"
    )


def _show(console: Console, rows: Sequence[Mapping[str, Any]]) -> None:
    table = Table(
        "s", "received", "stored", "in flight", "parts", "most", "disk MiB", "rolls", *MEMORY, box=None
    )
    for row in rows:
        table.add_row(
            *(str(row[name]) for name in ("seconds", "received", "stored", "in_flight")),
            *(str(row[name]) for name in ("active_parts", "most_active_parts")),
            f"{sum(row['disk'].values()):.0f}",
            str(row["rolls"]),
            *(str(row["memory"].get(name, "")) for name in MEMORY),
        )
    console.print(table)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the soak; return 0 if nothing was amiss."""
    options = _options(arguments)
    console = Console(width=None if sys.stdout.isatty() else 160)
    with _folder(options.keep) as folder:
        rows, written = soak(options, folder, console)
    _show(console, rows)
    found = faults(rows, written)
    for fault in found:
        console.print(f"[red]{fault}[/red]")
    if options.json:
        report = {"machine": machine_facts(), "written": written, "faults": found, "rows": rows}
        Path(options.json).write_text(json.dumps(report, indent=2))
    return 1 if found else 0


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.absolute()
        return
    with tempfile.TemporaryDirectory(prefix="soak-") as made:
        yield Path(made)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="a whole Wijkbeeld under a steady load")
    parser.add_argument("--minutes", type=float, default=60, help="length (60)")
    parser.add_argument("--rate", type=float, default=20, help="lines a second (20)")
    parser.add_argument("--every", type=float, default=60, help="seconds between two rows (60)")
    parser.add_argument("--workers", type=int, default=1, help="streams workers and loaders (1)")
    parser.add_argument("--demo", action="store_true", help="the demo city and its history as well")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="run there and leave the data")
    parser.add_argument("--json", metavar="FILE", help="write rows and machine facts as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
