"""What ``sources.toml`` may say of registered crime, and the source that it makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.http.address import SourceUrl
from ingest.protocol import Feed, Period, Source
from ingest.registered_crime.connector import RegisteredCrimeConnector, Rounds
from ingest.registered_crime.drafts import DraftMaker
from ingest.registered_crime.service import TableService
from ingest.registered_crime.tables import (
    TABLES,
    Choice,
    TableName,
    before_recent,
    recent,
    touching,
)
from ingest.rhythm import Rhythm
from ingest.toml_table import TomlTable

RHYTHM = Rhythm(silent_after=timedelta(days=400), learns=False)
"""New figures come once a year at least; hours of the week teach nothing."""


class Settings(TomlTable):
    """The table of a source of registered crime.

    Attributes:
        table: ``47022NED`` counts per month, ``47018NED`` per year.
        url: of the service, without the table.
        interval_hours: between two rounds.
        recent: the last periods, read again in every round; without it 24 months or 3 years.
        history: periods before those, read once; without it 36 months or 10 years; 0 for none.
        boundary_year: of the area codes of the table; without it, that of the gemeente.
    """

    table: TableName
    url: SourceUrl = "https://dataderden.cbs.nl/ODataApi/OData"
    interval_hours: Annotated[int, Field(ge=1, le=24 * 31)] = 24
    recent: Annotated[int, Field(ge=1, le=360)] | None = None
    history: Annotated[int, Field(ge=0, le=360)] | None = None
    boundary_year: Annotated[int, Field(ge=1995, le=2100)] | None = None


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source: the recent periods live and again and again, those before them once.

    Args:
        name: of the source.
        settings: its table.
        context: what sources are built from.

    Raises:
        SettingsError: the address cannot be used.
    """
    table, gemeente = TABLES[settings.table], context.municipality
    areas = [*gemeente.stadsdeel_by_code, *gemeente.wijk_by_code]
    client = context.http.client(settings.url)
    service = TableService(client, settings.url, table, gemeente.code, areas)
    year = settings.boundary_year or gemeente.boundary_year
    drafts = DraftMaker(table.name, gemeente, year, context.keyed)

    def reads(choice: Choice, interval: timedelta | None) -> RegisteredCrimeConnector:
        return RegisteredCrimeConnector(service, drafts, Rounds(choice, interval))

    def backfill(period: Period) -> RegisteredCrimeConnector:
        return reads(touching(period), None)

    last = table.recent if settings.recent is None else settings.recent
    before = table.history if settings.history is None else settings.history
    feeds = [Feed(Lane.LIVE, reads(recent(last), timedelta(hours=settings.interval_hours)))]
    if before:
        feeds.append(Feed(Lane.BACKFILL, reads(before_recent(last, before), None)))
    return Source(name, tuple(feeds), backfill=backfill)
