"""One demo summer, generated once for all tests that only look at it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.areas import Municipality
from domain.clock import from_local
from domain.events import Figure, Incident, Inspection, Signal
from ingest.demo.generator import City, Emission
from ingest.demo.hours import HOUR_MS, to_ms
from ingest.protocol import Draft
from wijkbeeld.gemeenten import load_municipality

SEED = 20260101
SUMMER_START = datetime(2026, 6, 1, tzinfo=UTC)
SUMMER_END = SUMMER_START + timedelta(days=120)


def local_hour_number(day: date, hour: int = 0) -> int:
    """Return the number of the UTC hour that begins at a local hour."""
    return to_ms(from_local(datetime.combine(day, time(hour)))) // HOUR_MS


def happened(draft: Draft) -> Incident | Signal | Inspection:
    """Return what a draft of the demo reports; it never reports a figure."""
    assert not isinstance(draft.data, Figure)
    return draft.data


@pytest.fixture(scope="session")
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


@pytest.fixture(scope="session")
def city(nijmegen: Municipality) -> City:
    return City(SEED, nijmegen)


@pytest.fixture(scope="session")
def summer(city: City) -> list[Emission]:
    return city.emissions(SUMMER_START, SUMMER_END)
