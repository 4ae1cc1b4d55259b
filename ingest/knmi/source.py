"""What ``sources.toml`` may say of KNMI's hours, and the source that it makes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Annotated

from pydantic import Field

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.http.address import SourceUrl
from ingest.knmi.connector import KnmiConnector, Station
from ingest.knmi.drafts import DraftMaker
from ingest.protocol import Connector, Feed, Period, Source
from ingest.toml_table import TomlTable

_LEAST = timedelta(microseconds=1)
URL = "https://www.daggegevens.knmi.nl/klimatologie/uurgegevens"


class Settings(TomlTable):
    """The table of a KNMI source.

    Attributes:
        station: number of the station, such as 275 for Deelen.
        url: of the hours.
        interval_minutes: between two rounds.
        overlap_days: how many days each round reads again.
        history_days: how far back it begins at the first start.
    """

    station: Annotated[int, Field(ge=200, le=399)]
    url: SourceUrl = URL
    interval_minutes: Annotated[int, Field(ge=10, le=1440)] = 60
    overlap_days: Annotated[int, Field(ge=1, le=30)] = 7
    history_days: Annotated[int, Field(ge=0, le=3650)] = 28


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source. A past period is read by its days, of UTC.

    Args:
        name: of the source.
        settings: its table.
        context: what sources are built from.

    Raises:
        SettingsError: the address cannot be used.
    """
    client = context.http.client(settings.url)
    drafts = DraftMaker(context.municipality, settings.station, context.keyed)
    start = context.first_start.astimezone(UTC).date() - timedelta(days=settings.history_days)
    station = Station(
        settings.station, start, settings.overlap_days, timedelta(minutes=settings.interval_minutes)
    )

    def backfill(period: Period) -> Connector:
        first, end = (at.astimezone(UTC).date() for at in (period.since, period.until - _LEAST))
        return KnmiConnector(client, settings.url, drafts, replace(station, start=first, end=end))

    live = KnmiConnector(client, settings.url, drafts, station)
    return Source(name, (Feed(Lane.LIVE, live),), backfill=backfill)
