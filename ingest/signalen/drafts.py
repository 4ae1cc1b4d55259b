"""From a melding to a Signal, with nothing personal in it."""

from __future__ import annotations

import re
from datetime import UTC
from typing import Literal

import orjson
from pydantic import JsonValue, ValidationError

from domain.areas import Municipality
from domain.events import Signal
from domain.places import Location
from domain.rejects import RejectReason
from domain.themes import THEMES, Severity, Theme
from ingest.keys import KeyedHash
from ingest.protocol import Draft, Unreadable
from ingest.signalen.categories import Categories
from ingest.signalen.record import Mark, Record

Status = Literal["open", "in-progress", "closed"]

CANCELLED = "a"
STATES: dict[str, Status] = {
    "m": "open",
    "i": "open",
    "reopened": "open",
    "b": "in-progress",
    "h": "in-progress",
    "ingepland": "in-progress",
    "reaction requested": "in-progress",
    "reaction received": "in-progress",
    "forward to external": "in-progress",
    "ready to send": "in-progress",
    "sent": "in-progress",
    "send failed": "in-progress",
    "done external": "in-progress",
    "closure requested": "in-progress",
    "o": "closed",
    "reopen requested": "closed",
    "s": "closed",
    CANCELLED: "closed",
}
"""Every state of Signalen's workflow (``app/signals/apps/signals/workflow.py``)."""

MELDING = "SIG"
"""The type that is a report; the others are requests, questions, complaints, maintenance, projects."""

# Some hundred metres, as coarse as a postcode: the exact point is an address.
_DECIMALS = 3
_BUURT = re.compile(r"BU([0-9]{4})[0-9]{4}")


class DraftMaker:
    """Makes findings of records.

    Args:
        municipality: whose meldingen they are.
        categories: the table in use.
        keyed: for what cannot be read.
    """

    def __init__(self, municipality: Municipality, categories: Categories, keyed: KeyedHash) -> None:
        self._gemeente = municipality.code
        self._boundary_year = municipality.boundary_year
        self._categories = categories
        self._keyed = keyed

    def make(self, mark: Mark, item: JsonValue) -> Draft | Unreadable:
        """Return what a record of the list comes to."""
        try:
            return self._draft(Record.model_validate(item))
        except ValidationError as error:
            return self._unreadable(mark, item, str(error.errors(include_input=False)[0]["loc"][0]))

    def _draft(self, record: Record) -> Draft:
        category = self._categories.find(record.category.main_slug, record.category.sub_slug)
        kind = record.type.code if record.type is not None else MELDING
        occurred = record.incident_date_start or record.created_at
        return Draft(
            event_id=str(record.id),
            data=Signal(
                occurred_at=occurred.astimezone(UTC),
                category=category.term,
                theme=category.theme,
                severity=_severity(category.theme, record),
                counts=kind == MELDING and not record.is_part,
                location=self._location(record),
                status=STATES.get(record.status.state, "open"),
            ),
            deleted=record.status.state == CANCELLED,
            revision=record.revision,
        )

    def _location(self, record: Record) -> Location:
        """The buurt where the source has one, else a coarse point; never the address."""
        where = record.location
        if where is None:
            return Location(gemeente=self._gemeente)
        buurt = _BUURT.fullmatch(where.area_code or "") if where.area_type_code == "cbs-buurt" else None
        if buurt is not None:
            return Location(
                wijk=where.area_code, gemeente=f"GM{buurt[1]}", boundary_year=self._boundary_year
            )
        lat, lon = _point(where.geometrie)
        return Location(gemeente=self._gemeente, lat=lat, lon=lon)

    def _unreadable(self, mark: Mark, item: JsonValue, field: str) -> Unreadable:
        value = orjson.dumps(item)
        return Unreadable(
            event_id=self._keyed.id("signalen-unread", str(mark.id), str(mark.revision)),
            reason=RejectReason.UNPARSED,
            field=field.lstrip("_"),
            length=len(value),
            value_hash=self._keyed.id("signalen-value", value.decode()),
        )


def _severity(theme: Theme | None, record: Record) -> int | None:
    """A step above the theme's own for high priority, one below for low; None takes the theme's."""
    step = {"high": 1, "low": -1}.get(record.priority.priority if record.priority else "", 0)
    if not step:
        return None
    own = THEMES[theme or Theme.OVERIG].severity
    return min(max(own + step, Severity.TRIVIAL), Severity.CRITICAL)


def _point(geometry: JsonValue) -> tuple[float | None, float | None]:
    """Return latitude and longitude of a GeoJSON point (longitude first), rounded; or nothing."""
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if not isinstance(coordinates, list) or len(coordinates) != 2:
        return None, None
    lon, lat = coordinates
    if not isinstance(lon, int | float) or not isinstance(lat, int | float):
        return None, None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        return None, None
    return round(float(lat), _DECIMALS), round(float(lon), _DECIMALS)
