"""An archive that was never lived through: seeded, as large as one likes, in the form of real ones."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from domain.areas import Municipality
from domain.rows import EventRow, clickhouse_time, pack_version
from domain.themes import THEMES, Theme
from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.folder import Folder
from warehouse.archive.parquet import DayFacts, write_day
from warehouse.archive.rows import Row, as_row

SOURCE = "bench"
FIRST_DAY = datetime(2025, 1, 1, tzinfo=UTC)


def write_archive(
    root: Path, events: int, municipality: Municipality, *, days: int = 365, seed: int = 1
) -> None:
    """Write ``events`` rows, spread evenly over days of receipt from 2025 on; equal for equal arguments.

    One in twenty is a correction of an earlier event of its day.
    """
    folder = Folder(root)
    receipt = 0
    for number in range(days):
        rows = events * (number + 1) // days - events * number // days
        if not rows:
            continue
        day = FIRST_DAY + timedelta(days=number)
        name = day.date().isoformat()
        made = _rows(random.Random(f"{seed}-{number}"), day, receipt, rows, municipality)
        receipt += rows
        folder.replace(name, partial(_write, day=name, rows=made))


def _write(path: Path, *, day: str, rows: Iterator[Row]) -> DayFacts:
    return write_day(path, day, rows, Fingerprint())


def _rows(
    dice: random.Random, day: datetime, receipt: int, rows: int, municipality: Municipality
) -> Iterator[Row]:
    themes, wijken = list(Theme), municipality.wijken
    step = timedelta(days=1) / rows
    earlier: EventRow | None = None
    for number in range(rows):
        received = day + number * step
        if earlier is not None and dice.random() < 0.05:
            event, earlier = earlier.copy(), None
            event["rev"] = 2
        else:
            event = _event(dice, received, dice.choice(themes), dice.choice(wijken).code, municipality)
            earlier = event
        event["receipt"] = receipt + number + 1
        event["received_at"] = clickhouse_time(received)
        event["version"] = pack_version(event["rev"], event["geo_v"])
        yield as_row(event)


def _event(
    dice: random.Random, received: datetime, theme: Theme, wijk: str, municipality: Municipality
) -> EventRow:
    return EventRow(
        source=SOURCE,
        event_id=f"{dice.getrandbits(128):032x}",
        receipt=0,
        rev=1,
        geo_v=1,
        version=0,
        deleted=0,
        counts=1,
        bucket=received.date().isoformat(),
        kind="signal",
        theme=theme.value,
        category="overlast.geluid",
        severity=int(THEMES[theme].severity),
        occurred_at=clickhouse_time(received - timedelta(seconds=dice.randrange(7200))),
        received_at="",
        wijk=wijk,
        stadsdeel=f"WK{wijk[2:8]}",
        gemeente=municipality.code,
        match_level="code",
        boundary_year=municipality.boundary_year,
        service="",
        priority="",
        attrs='{"status":"open"}',
        schema_v=1,
    )
