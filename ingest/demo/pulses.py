"""Pulses: small messages in between, which show that the source is alive and count for nothing.

Some eleven events an hour is what a city of this size has; with only those, minutes pass in which nobody
can tell a quiet city from a broken line. So sensors and crews say where they are and what they read, one
message every 20 seconds. They carry ``counts=False`` like the relocations and tests of a real paging
network: they are stored, no count of a wijk ever contains them, and history does without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from domain.events import Kind
from domain.themes import Theme
from ingest.demo.catalogue import Category
from ingest.demo.draws import Draws, short_id
from ingest.demo.happenings import Form, Happening
from ingest.demo.hours import HOUR_MS
from ingest.demo.levels import Place
from ingest.demo.reports import Report

SLOT_MS = 20_000
"""One pulse in each slot, in its first half: 10 to 30 seconds apart."""

CATEGORIES: tuple[Category, ...] = (
    Category("geluidmeting", Theme.GELUIDSOVERLAST, Kind.SIGNAL, "overig", 3, 1),
    Category("druktemeting", Theme.PERSONENOVERLAST, Kind.SIGNAL, "overig", 3, 1),
    Category("verkeersmeting", Theme.VERKEERSOVERLAST, Kind.SIGNAL, "overig", 2, 1),
    Category("verplaatsing-ambulance", Theme.MEDISCHE_HULP, Kind.INCIDENT, "ambulance", 1, 1),
    Category("surveillance", Theme.OVERIG, Kind.INCIDENT, "politie", 1, 1),
)
"""What pulses say; ``per_year`` is only a weight here."""

_WEIGHTS = tuple(accumulate(c.per_year for c in CATEGORIES))
_PRIORITY = "b2"


def pulses_of(seed: int, hour: int, places: Sequence[Place]) -> list[Report]:
    """Return the pulses of a UTC hour."""
    draws = Draws(seed, "pulses", hour)
    weights = tuple(accumulate(place.inhabitants + place.crimes for place in places))
    reports = []
    for slot in range(HOUR_MS // SLOT_MS):
        at = hour * HOUR_MS + slot * SLOT_MS + draws.below(SLOT_MS // 2)
        category = CATEGORIES[draws.index(_WEIGHTS)]
        incident = category.kind is Kind.INCIDENT
        happening = Happening(
            event_id=short_id("d", seed, "pulse", hour, slot),
            occurred_ms=at - at % 1000,
            category=category,
            place=draws.index(weights),
            form=Form.CODE,
            offset=(0.0, 0.0),
            severity=category.severity,
            priority=_PRIORITY if incident else None,
            units=1 if incident else 0,
            late=0.0,
            counts=False,
        )
        reports.append(Report(at, happening.event_id, 1, 0, happening, False, closed=True))
    return reports
