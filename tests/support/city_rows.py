"""Rows of a city, written straight into the tables: for tests of what reads them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import orjson

from domain.areas import Municipality
from domain.clock import to_local
from domain.places import MatchLevel
from domain.rows import EventRow, RejectRow, clickhouse_time, pack_version
from domain.themes import THEMES, Theme
from warehouse.client import Client

EVENT_TABLES = (
    *("event_log", "event_now", "event_newest", "cell", "cell_day", "rejected", "audit"),
    "source_state",
)
_SENSITIVE = {theme for theme, info in THEMES.items() if info.sensitive}
_TOKENS = itertools.count()


def event(
    event_id: str,
    occurred_at: datetime,
    *,
    wijk: str = "BU02680101",
    theme: str = "brand",
    kind: str = "incident",
    **other: Any,
) -> EventRow:
    """Return one event, received when it occurred, first version, with ``other`` columns as given."""
    received_at: datetime = other.pop("received_at", occurred_at)
    row: dict[str, Any] = {
        "source": "test",
        "event_id": event_id,
        "receipt": int.from_bytes(event_id.encode()[-7:], "big"),
        "rev": 1,
        "geo_v": 1,
        "deleted": 0,
        "counts": 1,
        "bucket": received_at.astimezone(UTC).date().isoformat(),
        "kind": kind,
        "theme": theme,
        "category": "test",
        "severity": 3,
        "occurred_at": clickhouse_time(occurred_at),
        "received_at": clickhouse_time(received_at),
        "wijk": wijk,
        "stadsdeel": f"WK{wijk[2:8]}" if wijk.startswith("BU") else "",
        "gemeente": f"GM{wijk[2:6]}",
        "match_level": {"BU": MatchLevel.CODE, "WK": MatchLevel.STADSDEEL}.get(
            wijk[:2], MatchLevel.GEMEENTE
        ),
        "boundary_year": 2024,
        "service": "",
        "priority": "",
        "attrs": "{}",
        "schema_v": 1,
    } | other
    row["version"] = pack_version(row["rev"], row["geo_v"])
    return cast(EventRow, row)


def reject(receipt: int, reason: str, received_at: datetime) -> RejectRow:
    """Return one rejected record."""
    return RejectRow(
        source="test",
        event_id=f"r{receipt}",
        receipt=receipt,
        rev=1,
        bucket=received_at.date().isoformat(),
        reason=reason,
        field="data.category",
        code="missing",
        length=120,
        value_hash="",
        record="",
        received_at=clickhouse_time(received_at),
        schema_v=1,
    )


def empty(client: Client) -> None:
    """Take all events, cells, rejects, states of sources and records of audits away."""
    for table in EVENT_TABLES:
        client.execute(f"TRUNCATE TABLE {table}")


def insert(client: Client, table: str, rows: Iterable[EventRow | RejectRow]) -> None:
    """Insert rows into ``event_log`` (which fills ``event_now``) or ``rejected``."""
    by_month: dict[str, list[bytes]] = {}
    for row in rows:
        by_month.setdefault(row["bucket"][:7], []).append(orjson.dumps(row))
    for lines in by_month.values():
        client.insert_rows(table, b"\n".join(lines), token=f"city-rows-{next(_TOKENS)}")


def insert_cells(client: Client, gen: int = 1) -> None:
    """Compute all cells from the events, as the definition of ``cell`` says."""
    client.insert_select(
        "INSERT INTO cell (wijk, theme, hour, n, n_incident, n_signal, n_inspection, severity_sum, gen)"
        " SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, count(), countIf(kind = 'incident'),"
        " countIf(kind = 'signal'), countIf(kind = 'inspection'), sum(severity), {gen:UInt64}"
        " FROM event_now FINAL WHERE counts = 1 GROUP BY wijk, theme, hour",
        {"gen": gen},
    )
    _insert_days(client, gen)


def _insert_days(client: Client, gen: int) -> None:
    client.insert_select(
        "INSERT INTO cell_day"
        " (wijk, theme, day, n, n_incident, n_signal, n_inspection, severity_sum, gen)"
        " SELECT wijk, theme, toDate(hour, 'Europe/Amsterdam') AS day, sum(n), sum(n_incident),"
        " sum(n_signal), sum(n_inspection), sum(severity_sum), {gen:UInt64}"
        " FROM cell FINAL GROUP BY wijk, theme, day",
        {"gen": gen},
    )


def insert_cell(client: Client, wijk: str, moment: datetime, *, n: int, gen: int) -> None:
    """Write the cell of theme ``brand`` in the hour of ``moment``, incidents only, as ``gen``."""
    client.insert_select(
        "INSERT INTO cell (wijk, theme, hour, n, n_incident, gen)"
        " SELECT {wijk:String}, 'brand', toStartOfHour({at:DateTime('UTC')}),"
        " {n:UInt64}, {n:UInt64}, {gen:UInt64}",
        {"wijk": wijk, "at": f"{moment:%Y-%m-%d %H:%M:%S}", "n": n, "gen": gen},
    )
    _insert_days(client, gen)


def add(client: Client, rows: Iterable[EventRow], gen: int = 1) -> None:
    """Insert events and compute the cells."""
    insert(client, "event_log", rows)
    insert_cells(client, gen)


def city_events(
    municipality: Municipality, start: datetime, end: datetime, *, per_hour: float, seed: int
) -> Iterator[EventRow]:
    """Yield events of a made-up city with a rhythm of day and week, in order of time.

    The busier wijken are those with more inhabitants. About one event in twelve has no wijk, and the
    sensitive themes are counted at the gemeente, as ``classify`` does. Equal arguments give equal rows.
    """
    rng = random.Random(seed)
    wijken = [w.code for w in municipality.wijken]
    people = [(w.population or 10) ** 0.9 for w in municipality.wijken]
    themes = list(Theme)
    levels = [rng.uniform(0.3, 3.0) * (0.15 if theme in _SENSITIVE else 1) for theme in themes]
    moment = start
    for number in itertools.count(1):
        moment += timedelta(hours=rng.expovariate(per_hour * 1.6))
        if moment >= end:
            return
        if rng.random() * 1.6 > _rhythm(moment):
            continue
        theme = rng.choices(themes, levels)[0]
        wijk = rng.choices(wijken, people)[0]
        level, area = _place(rng, theme, wijk, municipality)
        yield event(
            f"{seed}-{number}",
            moment,
            wijk=area,
            theme=theme,
            kind="signal" if rng.random() < 0.6 else rng.choice(["incident", "incident", "inspection"]),
            source=rng.choice(["p2000", "signalen"]),
            severity=min(5, max(1, THEMES[theme].severity + rng.choice([-1, 0, 0, 0, 1]))),
            match_level=level,
            received_at=moment + timedelta(seconds=rng.uniform(1, 40)),
            receipt=seed * 10_000_000 + number,
        )


def _rhythm(moment: datetime) -> float:
    local = to_local(moment)
    by_hour = (5, 4, 4, 3, 2, 2, 3, 5, 7, 8, 9, 9, 10, 10, 10, 11, 12, 12, 12, 12, 11, 11, 10, 8)
    weekend = 1.3 if local.weekday() >= 4 and local.hour >= 18 else 1.0
    return by_hour[local.hour] / 8 * weekend


def _place(
    rng: random.Random, theme: Theme, wijk: str, municipality: Municipality
) -> tuple[MatchLevel, str]:
    if theme in _SENSITIVE:
        return MatchLevel.WITHHELD, municipality.code
    dice = rng.random()
    if dice < 0.05:
        return MatchLevel.STADSDEEL, municipality.wijk_by_code[wijk].stadsdeel
    if dice < 0.08:
        return MatchLevel.GEMEENTE, municipality.code
    return rng.choice([MatchLevel.CODE, MatchLevel.STREET, MatchLevel.PC6, MatchLevel.WIJK_NAME]), wijk
