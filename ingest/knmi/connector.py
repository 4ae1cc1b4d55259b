"""The KNMI connector: days that were read are read again for a while, since hours are revised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import SourceRefused
from domain.metrics import Counter
from ingest.http.protocol import HttpClient
from ingest.knmi.answer import STATION, Row, rows_of
from ingest.knmi.drafts import DraftMaker
from ingest.knmi.variables import VARIABLES
from ingest.protocol import Cursor, Finding, Poll

MAX_DAYS = 31
"""Days asked for at once."""

_DAY = timedelta(days=1)
_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Station:
    """Which hours are read, and how often.

    Attributes:
        number: of the station.
        start: first day, UTC.
        overlap: days that are read again, as their hours may be revised.
        interval: between two rounds.
        end: last day, UTC, of hours that are read once; None goes on with what is new.
    """

    number: int
    start: date
    overlap: int
    interval: timedelta
    end: date | None = None


class Place(BaseModel):
    """Where the next poll begins; this, as JSON, is the cursor.

    Attributes:
        since: first day to ask for, UTC.
        was_empty: the last answer from there had no hour.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1] = 1
    since: date
    was_empty: bool = False


class KnmiConnector:
    """Reads at most a month in each poll. It remembers nothing but what is in the cursor.

    Args:
        client: asks KNMI.
        url: of the hours.
        drafts: makes figures.
        station: which hours.
    """

    def __init__(self, client: HttpClient, url: str, drafts: DraftMaker, station: Station) -> None:
        self._client = client
        self._url = url
        self._drafts = drafts
        self._station = station

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        place, today = self._place(cursor), now.astimezone(UTC).date()
        last = min(self._station.end or today, today)
        since = min(place.since, last)
        until = min(since + (MAX_DAYS - 1) * _DAY, last)
        answer = self._client.get(self._url, params=self._question(since, until))
        findings: list[Finding] = []
        days: list[date] = []
        elsewhere = 0
        for row in rows_of(answer):
            if row.cells[STATION] != str(self._station.number):
                elsewhere += 1
                continue
            findings.extend(self._drafts.make(row))
            days.extend(day for day in _day(row) if since <= day <= until)
        following, wait, done = self._next(
            Place(since=since, was_empty=place.was_empty), until, last, days
        )
        filtered = {Counter.FILTERED_OTHER_REGION: elsewhere} if elsewhere else {}
        progress = self._progress(following, last)
        return Poll(findings, following.model_dump(mode="json"), wait, filtered, done, progress)

    def _question(self, since: date, until: date) -> dict[str, str]:
        # The hours of start and end bound each day and not the whole: 01 and 24 take all of every day.
        return {
            "stns": str(self._station.number),
            "vars": ":".join(variable.column for variable in VARIABLES),
            "start": f"{since:%Y%m%d}01",
            "end": f"{until:%Y%m%d}24",
        }

    def _next(
        self, place: Place, until: date, last: date, days: Sequence[date]
    ) -> tuple[Place, timedelta, bool]:
        """Return where to go on, after what wait, and whether all is read."""
        interval, is_once = self._station.interval, self._station.end is not None
        if not days and not (place.was_empty and (until < last or is_once)):
            # An empty answer may be a failure of the source; twice, the station had no hours.
            return Place(since=place.since, was_empty=True), interval, False
        if until < last or is_once:
            return Place(since=until + _DAY), _AT_ONCE, until == last
        again = min(max(days), last - self._station.overlap * _DAY)
        return Place(since=max(again, self._station.start)), interval, False

    def _progress(self, place: Place, last: date) -> float | None:
        if self._station.end is None or last < self._station.start:
            return None
        return (place.since - self._station.start) / (last + _DAY - self._station.start)

    def _place(self, cursor: Cursor | None) -> Place:
        try:
            if cursor is None:
                return Place(since=self._station.start)
            return Place.model_validate(cursor)
        except ValidationError:
            raise SourceRefused(
                "knmi: the saved place is of another version; start with a new data folder"
            ) from None


def _day(row: Row) -> Sequence[date]:
    try:
        return [row.day()]
    except ValueError:
        return []
