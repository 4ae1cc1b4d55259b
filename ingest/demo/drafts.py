"""From a report to the draft of an event, as a connector hands it over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from domain.areas import Municipality
from domain.clock import to_local
from domain.events import EventData, Incident, Inspection, Kind, Signal
from domain.places import Location
from domain.rejects import RejectReason
from ingest.demo.draws import Draws, digest, short_id
from ingest.demo.happenings import Form, Happening
from ingest.demo.hours import from_ms
from ingest.demo.levels import Place
from ingest.demo.reports import Report
from ingest.protocol import Draft, Unreadable

Result = Literal["compliant", "minor-breach", "major-breach", "not-performed"]

_STREET = re.compile(r"[^\d\n\r\t]{2,60}")
_RESULTS: tuple[Result, ...] = ("compliant", "minor-breach", "major-breach", "not-performed")
_RESULT_WEIGHTS = (0.72, 0.90, 0.96, 1.0)
_RECHECK_DAYS = {"minor-breach": 42, "major-breach": 14}
_RISKS = ("laag", "midden", "hoog")


class Drafter:
    """Writes drafts of one city.

    Args:
        seed: seed of the city.
        municipality: its areas.
        places: its wijken.
    """

    def __init__(self, seed: int, municipality: Municipality, places: Sequence[Place]) -> None:
        self._seed = seed
        self._gemeente = municipality.code
        self._places = places
        self._year = municipality.boundary_year
        self._coded = [Location(wijk=p.wijk.code, boundary_year=self._year) for p in places]

    def draft(self, report: Report) -> Draft:
        """Return the draft of a report."""
        return Draft(
            event_id=report.event_id,
            data=self._data(report.state, closed=report.closed),
            deleted=report.deleted,
            revision=report.revision,
        )

    def unreadable(self, hour: int) -> Unreadable:
        """Return the garbled record of a UTC hour."""
        draws = Draws(self._seed, "garble", hour)
        return Unreadable(
            event_id=short_id("d", self._seed, "garbled", hour),
            reason=RejectReason.UNPARSED,
            field="record",
            length=40 + draws.below(160),
            value_hash=digest(self._seed, "garbled-value", hour).hex(),
        )

    def _data(self, state: Happening, *, closed: bool) -> EventData:
        kind = state.category.kind
        common = {
            "occurred_at": from_ms(state.occurred_ms),
            "category": state.category.slug,
            "theme": state.category.theme.value,
            "severity": state.severity,
            "counts": state.counts,
            "location": self._location(state),
        }
        if kind is Kind.INCIDENT:
            service, units = state.category.service, state.units
            return Incident.model_validate(
                {**common, "service": service, "priority": state.priority, "units": units}
            )
        if kind is Kind.SIGNAL:
            return Signal.model_validate({**common, "status": "closed" if closed else "open"})
        return Inspection.model_validate({**common, **self._outcome(state)})

    def _outcome(self, state: Happening) -> dict[str, object]:
        draws = Draws(self._seed, "inspection", state.event_id)
        result = _RESULTS[draws.index(_RESULT_WEIGHTS)]
        recheck = _RECHECK_DAYS.get(result)
        day = to_local(from_ms(state.occurred_ms)).date()
        return {
            "case": short_id("c", self._seed, state.event_id),
            "result": result,
            "risk_class": _RISKS[draws.below(len(_RISKS))],
            "recheck_on": day + timedelta(days=recheck) if recheck else None,
        }

    def _location(self, state: Happening) -> Location:
        place = self._places[state.place]
        wijk = place.wijk
        point = {
            "lat": round(wijk.lat + state.offset[0], 6),
            "lon": round(wijk.lon + state.offset[1], 6),
        }
        name = wijk.name.lower()
        if state.form is Form.CODE_AND_POINT:
            return Location(wijk=wijk.code, boundary_year=self._year, **point)
        if state.form is Form.POINT:
            return Location(gemeente=self._gemeente, **point)
        if state.form is Form.STADSDEEL:
            return Location(stadsdeel=wijk.stadsdeel, boundary_year=self._year)
        if state.form is Form.GEMEENTE:
            return Location(gemeente=self._gemeente)
        if state.form is Form.NAME and _STREET.fullmatch(name):
            return Location(gemeente=self._gemeente, street=name)
        return self._coded[state.place]
