"""Stage 3: theme, severity, and the flat row that is published."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import orjson

from domain.events import SCHEMA_VERSION, Kind
from domain.rows import EventRow, FigureRow, pack_version
from domain.themes import THEMES, Theme
from streams.events import Event, Figure, Happening, Incident, Inspection, Signal, row_time
from streams.locate import Place, withheld

_THEMES = {
    theme.value: (theme.value, int(info.severity), info.sensitive) for theme, info in THEMES.items()
}
_OTHER = _THEMES[Theme.OVERIG.value]

SENSITIVE = frozenset(name for name, (_, _, sensitive) in _THEMES.items() if sensitive)
"""Themes whose events are counted for the whole gemeente only."""


class Classifier:
    """Makes rows of located events.

    Args:
        geo_v: version of the tables by which they were located.
        boundary_year: year of the area layout of those tables.
    """

    def __init__(self, geo_v: int, boundary_year: int) -> None:
        self._geo_v = geo_v
        self._boundary_year = boundary_year

    def __call__(
        self, source: str, events: Sequence[Event], places: Sequence[Place | None]
    ) -> list[EventRow | FigureRow]:
        """Return one row per event; an event without a place is a figure."""
        return [self._row(source, event, place) for event, place in zip(events, places, strict=True)]

    def _row(self, source: str, event: Event, place: Place | None) -> EventRow | FigureRow:
        data = event.data
        if isinstance(data, Figure):
            return self._figure(source, event, data)
        if place is None:
            raise ValueError("what happened is nowhere: it was not located")
        return self._happening(source, event, data, place)

    def _happening(self, source: str, event: Event, data: Happening, place: Place) -> EventRow:
        theme, severity, sensitive = _THEMES.get(data.theme or "", _OTHER)
        if sensitive:
            place = withheld(place)
        rev, geo_v = event.rev, self._geo_v
        kind, service, priority, attrs = _particulars(data)
        wijk, stadsdeel, gemeente, match_level = place
        return {
            "source": source,
            "event_id": event.id,
            "receipt": int(event.sequence),
            "rev": rev,
            "geo_v": geo_v,
            "version": pack_version(rev, geo_v),
            "deleted": 1 if event.deleted else 0,
            "counts": 1 if data.counts else 0,
            "bucket": event.bucket,
            "kind": kind,
            "theme": theme,
            "category": data.category,
            "severity": data.severity or severity,
            "occurred_at": row_time(data.occurred_at),
            "received_at": row_time(event.time),
            "wijk": wijk,
            "stadsdeel": stadsdeel,
            "gemeente": gemeente,
            "match_level": match_level,
            "boundary_year": self._boundary_year,
            "service": service,
            "priority": priority,
            "attrs": attrs,
            "schema_v": SCHEMA_VERSION,
        }

    def _figure(self, source: str, event: Event, data: Figure) -> FigureRow:
        rev = event.rev
        return {
            "source": source,
            "event_id": event.id,
            "receipt": int(event.sequence),
            "rev": rev,
            "geo_v": self._geo_v,
            "version": pack_version(rev, self._geo_v),
            "deleted": 1 if event.deleted else 0,
            "bucket": event.bucket,
            "measure": data.measure,
            "area": data.area,
            "period_start": data.period_start,
            "period_end": data.period_end,
            "value": data.value,
            "status": data.status,
            "lower": data.lower,
            "upper": data.upper,
            "unit": data.unit,
            "boundary_year": data.boundary_year,
            "received_at": row_time(event.time),
            "schema_v": SCHEMA_VERSION,
        }


def _particulars(data: Happening) -> tuple[str, str, str, str]:
    """Return kind, service, priority and the small JSON object of the other terms."""
    if isinstance(data, Incident):
        return Kind.INCIDENT.value, data.service, data.priority or "", _incident_attrs(data.units)
    if isinstance(data, Signal):
        return Kind.SIGNAL.value, "", "", _signal_attrs(data.status)
    return Kind.INSPECTION.value, "", "", _inspection_attrs(data)


def _inspection_attrs(data: Inspection) -> str:
    terms = {
        "case": data.case,
        "result": data.result,
        "risk_class": data.risk_class,
        "recheck_on": data.recheck_on,
    }
    return orjson.dumps({name: term for name, term in terms.items() if term is not None}).decode()


@lru_cache(maxsize=1024)
def _incident_attrs(units: int) -> str:
    return orjson.dumps({"units": units}).decode()


@lru_cache(maxsize=16)
def _signal_attrs(status: str) -> str:
    return orjson.dumps({"status": status}).decode()
