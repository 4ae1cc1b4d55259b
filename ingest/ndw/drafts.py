"""From a record of a situation to an Incident on a road of the municipality."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from xml.etree.ElementTree import Element, tostring

from domain.areas import Municipality
from domain.events import Incident
from domain.places import Location
from domain.rejects import RejectReason
from domain.themes import THEMES, Severity
from ingest.keys import KeyedHash
from ingest.ndw.kinds import KINDS, RoadKind
from ingest.ndw.record import Point, Record
from ingest.protocol import Draft, Unreadable

_UNKNOWN = KINDS["DisturbanceActivity"]
"""Stands for a type that is none of ours, in a version that counts nowhere."""

Holds = Callable[[float, float], bool]

# Some ten metres: which road, not which side of it.
_DECIMALS = 4
_STEPS = {"highest": 1, "high": 1, "low": -1, "lowest": -1}


class DraftMaker:
    """Makes findings of records.

    Args:
        municipality: whose roads they are on.
        holds: tells whether a longitude and latitude lie in it.
        keyed: makes identities.
    """

    def __init__(self, municipality: Municipality, holds: Holds, keyed: KeyedHash) -> None:
        self._gemeente = municipality.code
        self._holds = holds
        self._keyed = keyed

    def make(self, record: Record) -> Draft | None:
        """Return the incident; None where no point of it lies in the municipality."""
        point = next((p for p in record.points if self._holds(p.lon, p.lat)), None)
        if point is None:
            return None
        kind = KINDS[record.type]
        return Draft(
            event_id=self._keyed.id("ndw", record.key),
            data=Incident(
                occurred_at=record.began,
                category=kind.term,
                theme=kind.theme,
                severity=_severity(kind, record.severity),
                counts=record.real and record.certain,
                location=self._location(point),
            ),
            deleted=record.cancelled,
            revision=record.version,
        )

    def taken_back(self, record: Record, now: datetime) -> Draft:
        """Return the retraction of an incident of which a later version is no longer one of ours.

        Args:
            record: that version.
            now: aware; it may have been cancelled before it began.
        """
        kind = KINDS.get(record.type, _UNKNOWN)
        return Draft(
            event_id=self._keyed.id("ndw", record.key),
            data=Incident(
                occurred_at=min(record.began, now),
                category=kind.term,
                theme=kind.theme,
                location=Location(gemeente=self._gemeente),
            ),
            deleted=True,
            revision=record.version,
        )

    def unreadable(self, element: Element, field: str) -> Unreadable:
        """Return the reject of a record of which ``field`` cannot be read."""
        value = tostring(element)
        digest = self._keyed.id("ndw-value", value.decode("ascii"))
        return Unreadable(
            event_id=self._keyed.id("ndw-unread", digest),
            reason=RejectReason.UNPARSED,
            field=field,
            length=len(value),
            value_hash=digest,
        )

    def _location(self, point: Point) -> Location:
        return Location(
            gemeente=self._gemeente,
            lat=round(point.lat, _DECIMALS),
            lon=round(point.lon, _DECIMALS),
        )


def _severity(kind: RoadKind, severity: str | None) -> int | None:
    """A step above the theme's own for high, one below for low; None takes the theme's."""
    step = _STEPS.get(severity or "", 0)
    if not step:
        return None
    return min(max(THEMES[kind.theme].severity + step, Severity.TRIVIAL), Severity.CRITICAL)
