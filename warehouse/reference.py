"""Areas and themes in ClickHouse, so that SQL can name them: written from the domain at every start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import orjson

from domain.areas import Municipality, Stadsdeel
from domain.clock import Clock
from domain.rows import clickhouse_time
from domain.themes import THEMES
from warehouse.client import Client

Row = dict[str, Any]


def sync_reference(client: Client, municipality: Municipality, clock: Clock) -> int:
    """Make tables ``area`` and ``theme`` equal to the domain's data; return how many rows were written.

    Rows that are as they should be are left alone; what the data no longer has is marked deleted.

    Raises:
        WarehouseUnavailable: ClickHouse is away; call again.
    """
    now = clock.now()
    return _sync(client, "area", "code", area_rows(municipality), now) + _sync(
        client, "theme", "theme", theme_rows(), now
    )


def area_rows(municipality: Municipality) -> list[Row]:
    """Return the rows of ``area``: each wijk and stadsdeel, and the gemeente.

    ``stadsdeel`` is the code of the stadsdeel that an area lies in (its own, for a stadsdeel) and empty
    for the gemeente; ``team`` is filled for a wijk. The gemeente has no point of its own.
    """
    team_of = {code: team for team in municipality.teams for code in team.wijken}
    wijken = [
        _area("wijk", wijk.code, wijk.name, wijk.lat, wijk.lon, wijk.population)
        | _district(municipality.stadsdeel_by_code[wijk.stadsdeel])
        | {"team": team_of[wijk.code].id, "team_name": team_of[wijk.code].name}
        for wijk in municipality.wijken
    ]
    districts = [
        _area("stadsdeel", part.code, part.name, part.lat, part.lon, part.population) | _district(part)
        for part in municipality.stadsdelen
    ]
    people = [part.population for part in municipality.stadsdelen]
    total = None if None in people else sum(number or 0 for number in people)
    city = _area("gemeente", municipality.code, municipality.name, None, None, total)
    return [row | {"boundary_year": municipality.boundary_year} for row in (*wijken, *districts, city)]


def theme_rows() -> list[Row]:
    """Return the rows of ``theme``: every theme of the closed list."""
    return [
        {
            "theme": str(theme),
            "label_nl": info.label_nl,
            "label_en": info.label_en,
            "severity": int(info.severity),
            "sensitive": int(info.sensitive),
        }
        for theme, info in THEMES.items()
    ]


def _area(
    level: str, code: str, name: str, lat: float | None, lon: float | None, population: int | None
) -> Row:
    return {
        "code": code,
        "name": name,
        "level": level,
        "stadsdeel": "",
        "stadsdeel_name": "",
        "team": "",
        "team_name": "",
        "lat": lat,
        "lon": lon,
        "population": population,
    }


def _district(stadsdeel: Stadsdeel) -> Row:
    return {"stadsdeel": stadsdeel.code, "stadsdeel_name": stadsdeel.name}


def _sync(client: Client, table: str, key: str, rows: Iterable[Row], now: datetime) -> int:
    wanted = {str(row[key]): row for row in rows}
    columns = list(next(iter(wanted.values())))
    stored = {
        str(row[columns.index(key)]): dict(zip(columns, row, strict=True))
        for row in client.query(f"SELECT {', '.join(columns)} FROM {table} FINAL")
    }
    stamp = {"synced_at": clickhouse_time(now)}
    changed = [row | stamp for name, row in wanted.items() if stored.get(name) != row]
    gone = [row | stamp | {"deleted": 1} for name, row in stored.items() if name not in wanted]
    if changed or gone:
        body = b"\n".join(orjson.dumps(row) for row in changed + gone)
        client.insert_rows(table, body, token=_token(table, body))
    return len(changed) + len(gone)


def _token(table: str, body: bytes) -> str:
    return hashlib.blake2b(table.encode() + b"\n" + body, digest_size=16).hexdigest()
