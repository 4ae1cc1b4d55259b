"""Hours of KNMI for tests: the sample, a stand-in that serves days, and a connector over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from domain.areas import Municipality
from ingest.http.protocol import HttpClient
from ingest.knmi.connector import KnmiConnector, Station
from ingest.knmi.drafts import DraftMaker
from tests.ingest.samples import KEYED
from tests.support.http_pages import Asked, Page
from wijkbeeld.gemeenten import load_municipality

NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
URL = "https://knmi.example/klimatologie/uurgegevens"
SAMPLE = Path(__file__).with_name("uurgegevens_275.txt")
HEADER = "# BRON: KNMI\n# STN,YYYYMMDD,   HH,   FH,   FX,    T,   DR,   RH,    S,    O,    Y\n"


@cache
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


def row(day: date, hour: int, temperature: str = "100") -> str:
    return f"  275,{day:%Y%m%d},{hour:5},   30,   60,{temperature:>5},    0,    0,    0,    0,    0\n"


def text(body: str) -> Page:
    return Page(body.encode(), "text/plain; charset=utf-8")


class Knmi:
    """Serves an hour or more per day, by the days that are asked for.

    Args:
        temperatures: of hours, by day and number of the hour.
    """

    def __init__(self, temperatures: Mapping[tuple[date, int], str]) -> None:
        self.temperatures = dict(temperatures)
        self.asked: list[Asked] = []

    def respond(self, asked: Asked) -> Page:
        self.asked.append(asked)
        start, end = asked.query["start"], asked.query["end"]
        # As the real one does: the hours bound each day.
        hours = range(int(start[8:]), int(end[8:]) + 1)
        rows = [
            row(day, hour, temperature)
            for (day, hour), temperature in sorted(self.temperatures.items())
            if start[:8] <= f"{day:%Y%m%d}" <= end[:8] and hour in hours
        ]
        return text(HEADER + "".join(rows))


def connector(client: HttpClient, url: str = URL, *, history: int = 9) -> KnmiConnector:
    start = NOON.date() - timedelta(days=history)
    station = Station(275, start, 3, timedelta(hours=1))
    return KnmiConnector(client, url, DraftMaker(nijmegen(), 275, KEYED), station)
