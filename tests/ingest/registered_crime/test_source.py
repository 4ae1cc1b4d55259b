"""The settings of a source of registered crime, and the source made of them."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.protocol import Period, Source
from ingest.registered_crime.source import RHYTHM, Settings, build
from tests.ingest.handing import context_with
from tests.ingest.registered_crime.reading import (
    START,
    figures,
    nijmegen,
    one_round,
    service_with,
)
from tests.ingest.samples import KEYED
from tests.support.http_memory import MemoryClient
from wijkbeeld.gemeenten import municipality_folder

CONTEXT = SourceContext(nijmegen(), KEYED, None, False, 1, START)
YEARS = range(2020, 2026)
MONTHS = [f"{year}MM{month:02}" for year in YEARS for month in range(1, 13)]


def made(**given: Any) -> Source:
    client = MemoryClient(service_with(MONTHS, ["0.0.0"]).respond)
    settings = Settings.model_validate({"table": "47022NED", **given})
    return build("misdrijven", settings, context_with(CONTEXT, client, ""))


def months_of(source: Source, lane: Lane) -> list[date]:
    (feed,) = (feed for feed in source.feeds if feed.lane is lane)
    return sorted({figure.period_start for figure in figures(one_round(feed.connector))})


def test_live_and_history_meet_without_a_gap() -> None:
    source = made()
    assert (source.name, [feed.lane for feed in source.feeds]) == (
        "misdrijven",
        [Lane.LIVE, Lane.BACKFILL],
    )
    live, history = months_of(source, Lane.LIVE), months_of(source, Lane.BACKFILL)
    assert (live[0], live[-1], len(live)) == (date(2024, 1, 1), date(2025, 12, 1), 24)
    assert (history[0], history[-1], len(history)) == (date(2021, 1, 1), date(2023, 12, 1), 36)


def test_how_much_is_read_can_be_said() -> None:
    source = made(recent=3, history=0)
    assert [feed.lane for feed in source.feeds] == [Lane.LIVE]
    assert months_of(source, Lane.LIVE) == [date(2025, month, 1) for month in (10, 11, 12)]


def test_a_past_period_can_be_asked_for() -> None:
    source = made()
    assert source.backfill is not None
    asked = Period(datetime(2020, 2, 29, 23, tzinfo=UTC), datetime(2020, 4, 30, 22, tzinfo=UTC))
    reading = source.backfill(asked)
    assert {f.period_start.month for f in figures(one_round(reading))} == {3, 4}


def test_the_boundary_year_is_that_of_the_table_where_it_is_said() -> None:
    for given, year in (({}, 2024), ({"boundary_year": 2025}, 2025)):
        (live, *_) = made(recent=1, **given).feeds
        assert {f.boundary_year for f in figures(one_round(live.connector))} == {year}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"table": "geheim"},
        {"table": "47022NED", "url": "http://geheim.example"},
        {"table": "47022NED", "url": "https://user:geheim@dataderden.example"},
        {"table": "47022NED", "recent": 0},
        {"table": "47022NED", "history": -1},
        {"table": "47022NED", "interval_hours": 0},
        {"table": "47022NED", "boundary_year": 24},
        {"table": "47022NED", "token": "geheim"},
    ],
)
def test_wrong_settings_are_refused_without_their_values(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(settings)
    assert "geheim" not in str(error.value)


def test_both_tables_are_declared_for_nijmegen_and_not_read_until_enabled() -> None:
    path = municipality_folder("nijmegen").joinpath("sources.toml")
    text = path.read_text(encoding="utf-8")
    declared = {
        name: table
        for name, table in tomllib.loads(text)["sources"].items()
        if table["kind"] == "registered-crime"
    }
    assert {table["settings"]["table"] for table in declared.values()} == {"47022NED", "47018NED"}
    assert not any(table["enabled"] for table in declared.values())


def test_nothing_is_learned_of_a_source_that_brings_news_once_a_month() -> None:
    assert not RHYTHM.learns
