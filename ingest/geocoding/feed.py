"""A feed whose events get a wijk from the geocoder where the source gives only a street or postcode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache

from pydantic import AwareDatetime, JsonValue, TypeAdapter, ValidationError

from domain.areas import GemeenteCode
from domain.events import EventData, Figure
from domain.places import Location
from ingest.geocoding.geocoder import Answer, Geocoder
from ingest.protocol import Connector, Cursor, Draft, Finding, Period, Poll, Source

CURSOR_KEY = "geocoding"
"""Name under which waiting drafts are in the connector's own cursor."""
MOST_WAITING = 100
LONGEST_WAITING = timedelta(hours=24)
"""After that an event stays without: a street is not kept for longer than its use."""
_TURN = 20
"""Most that are tried again in one poll: each may take a question."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """What was published without a wijk, and when; aware, UTC."""

    since: AwareDatetime
    data: EventData


class GeocodedConnector:
    """Polls another connector and places what it finds. An event is never held back.

    Where the geocoder is away it goes without, and once more, with its wijk, when there is an answer.
    Until then it waits in the cursor, with the fields that leave the connector anyway: at most
    ``MOST_WAITING`` drafts, the oldest are given up first, and all at the end of an input that has one.
    It is tried again at the next poll; for its sake the source is not asked sooner.
    A draft with the source's own revision does not wait: other content under one revision never wins.

    Args:
        connector: polled by this one.
        geocoder: asked for drafts with a street or postcode and neither wijk nor coordinates.
        gemeente: only what is in it, or says nothing of it, is asked for.
    """

    def __init__(self, connector: Connector, geocoder: Geocoder, gemeente: GemeenteCode) -> None:
        self._connector = connector
        self._geocoder = geocoder
        self._gemeente = gemeente

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        waiting = _read((cursor or {}).get(CURSOR_KEY))
        own = None if cursor is None else {k: v for k, v in cursor.items() if k != CURSOR_KEY}
        poll = self._connector.poll(own, now)
        findings: list[Finding] = []
        for finding in poll.findings:
            if isinstance(finding, Draft):
                finding = self._placed(finding, now, waiting)
            findings.append(finding)
        findings += self._again(waiting, now)
        while len(waiting) > MOST_WAITING:
            del waiting[next(iter(waiting))]
        kept: dict[str, JsonValue] = {CURSOR_KEY: _written(waiting)} if waiting else {}
        return replace(poll, findings=findings, cursor={**poll.cursor, **kept})

    def _placed(self, draft: Draft, now: datetime, waiting: dict[str, _Waiting]) -> Draft:
        # What waited of this event is older than this draft: it must not come after it.
        waiting.pop(draft.event_id, None)
        location = None if draft.deleted else self._askable(draft.data)
        if location is None:
            return draft
        answer = self._geocoder.find(location, now)
        if answer.wijk is not None:
            return replace(draft, data=_at(draft.data, answer.wijk))
        if answer.later and draft.revision is None:
            waiting[draft.event_id] = _Waiting(now, draft.data)
        return draft

    def _again(self, waiting: dict[str, _Waiting], now: datetime) -> Iterator[Draft]:
        """Yield those that have waited and have an answer now."""
        for event_id, kept in list(waiting.items()):
            if now - kept.since > LONGEST_WAITING:
                del waiting[event_id]
        for event_id, kept in list(waiting.items())[:_TURN]:
            location = self._askable(kept.data)
            answer = Answer(None) if location is None else self._geocoder.find(location, now)
            if answer.later:
                return
            del waiting[event_id]
            if answer.wijk is not None:
                yield Draft(event_id, _at(kept.data, answer.wijk))

    def _askable(self, data: EventData) -> Location | None:
        if isinstance(data, Figure):
            return None
        location = data.location
        if location.wijk is not None or (location.lat is not None and location.lon is not None):
            return None
        if location.gemeente not in (None, self._gemeente):
            return None
        return location if location.street or location.pc6 else None


def geocoded(source: Source, geocoder: Geocoder, gemeente: GemeenteCode) -> Source:
    """Return a source with its feeds and past periods placed; see ``GeocodedConnector``."""
    read_period = source.backfill

    def placed(connector: Connector) -> Connector:
        return GeocodedConnector(connector, geocoder, gemeente)

    def backfill(period: Period) -> Connector:
        if read_period is None:
            raise TypeError("a source without past periods is not asked for one")
        return placed(read_period(period))

    feeds = tuple(replace(feed, connector=placed(feed.connector)) for feed in source.feeds)
    return replace(source, feeds=feeds, backfill=backfill if read_period else None)


def waiting_in(cursor: Cursor | None) -> int:
    """Return how many drafts wait for the geocoder in a feed's cursor."""
    kept = (cursor or {}).get(CURSOR_KEY)
    return len(kept) if isinstance(kept, dict) else 0


def _at(data: EventData, wijk: str) -> EventData:
    if isinstance(data, Figure):
        return data
    # The wijk is all that street and postcode were for.
    return data.model_copy(update={"location": Location(wijk=wijk, gemeente=data.location.gemeente)})


@cache  # building it takes longer than a poll
def _waiting() -> TypeAdapter[_Waiting]:
    return TypeAdapter(_Waiting)


def _read(kept: JsonValue) -> dict[str, _Waiting]:
    """Return what waits; what cannot be read any more has been published without a wijk already."""
    found: dict[str, _Waiting] = {}
    for event_id, entry in (kept if isinstance(kept, dict) else {}).items():
        try:
            found[event_id] = _waiting().validate_python(entry)
        except ValidationError:
            continue
    return found


def _written(waiting: Mapping[str, _Waiting]) -> dict[str, JsonValue]:
    return {event_id: _waiting().dump_python(kept, mode="json") for event_id, kept in waiting.items()}
