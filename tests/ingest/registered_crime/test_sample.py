"""A made-up answer of each kind, letter by letter as the service writes them, and what it comes to."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from domain.events import Figure
from tests.ingest.registered_crime.reading import connector, figures, one_round, other_gemeente
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page, json_page

SAMPLE = json.loads(Path(__file__).with_name("47022NED.json").read_text(encoding="utf-8"))


def respond(asked: Asked) -> Page:
    return json_page(SAMPLE[asked.path.rpartition("/")[2]])


def figure(measure: str, area: str, value: float | None, status: str) -> Figure:
    return Figure.model_validate(
        {
            "measure": measure,
            "area": area,
            "period_start": date(2025, 12, 1),
            "period_end": date(2026, 1, 1),
            "value": value,
            "status": status,
            "boundary_year": 2024,
        }
    )


def test_the_sample_comes_to_these_figures() -> None:
    gemeente = other_gemeente("GM0268", ["BU02680202"])
    assert figures(one_round(connector(MemoryClient(respond), municipality=gemeente))) == [
        figure("cbs.47022ned-totaal", "GM0268", 901, "provisional"),
        figure("cbs.47022ned.1-4-1", "GM0268", 6, "provisional"),
        figure("cbs.47022ned.1-1-1", "WK026802", None, "unknown"),
        figure("cbs.47022ned.2-6-10", "BU02680202", 0, "provisional"),
    ]
