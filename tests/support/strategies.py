"""Hypothesis strategies for the events of ``domain.events``.

Each is made once: ``raw_events`` draws from them anew for every example, and checking a strategy
costs more than drawing from it.
"""

from __future__ import annotations

import string
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from pydantic import BaseModel

from domain.events import (
    EVENT_TYPES,
    EventData,
    Figure,
    Incident,
    Inspection,
    Kind,
    RawEvent,
    Signal,
    source_urn,
)
from domain.places import Location
from domain.themes import Theme

Model = TypeVar("Model", bound=BaseModel)

_DIGITS = "0123456789"
_LOWER = string.ascii_lowercase


@cache
def utc_times() -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis takes naive bounds


@cache
def days() -> st.SearchStrategy[date]:
    return st.dates(date(1970, 1, 1), date(2200, 1, 1))


@cache
def slugs() -> st.SearchStrategy[str]:
    return _term(_LOWER + _DIGITS, _LOWER + _DIGITS + ".-", 64)


def _term(first: str, others: str, length: int) -> st.SearchStrategy[str]:
    # Much faster than from_regex, and it shrinks as well.
    rest = st.text(others, max_size=length - 1)
    return st.tuples(st.sampled_from(first), rest).map("".join)


@cache
def source_names() -> st.SearchStrategy[str]:
    return _term(_LOWER, _LOWER + _DIGITS + "-", 32)


@cache
def pc6s() -> st.SearchStrategy[str]:
    letters = st.text(string.ascii_uppercase, min_size=2, max_size=2)
    return st.tuples(st.integers(1000, 9999).map(str), letters).map("".join)


@cache
def event_ids() -> st.SearchStrategy[str]:
    return st.text(string.ascii_letters + _DIGITS + "._:-", min_size=1, max_size=64)


def _models(model: type[Model], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Model]:
    # Not st.builds: that would also fill in the wire names of the required fields.
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


def _code(prefix: str, digits: int) -> st.SearchStrategy[str]:
    return st.text(_DIGITS, min_size=digits, max_size=digits).map(lambda tail: prefix + tail)


@cache
def wijk_codes() -> st.SearchStrategy[str]:
    return _code("BU", 8)


@cache
def stadsdeel_codes() -> st.SearchStrategy[str]:
    return _code("WK", 6)


@cache
def gemeente_codes() -> st.SearchStrategy[str]:
    return _code("GM", 4)


@cache
def area_codes() -> st.SearchStrategy[str]:
    return wijk_codes() | stadsdeel_codes() | gemeente_codes()


@cache
def streets() -> st.SearchStrategy[str]:
    names = st.text(_LOWER + " '-.éëïöü", min_size=2, max_size=60)
    return names | st.just("plein 1944")


@cache
def locations() -> st.SearchStrategy[Location]:
    return _models(
        Location,
        wijk=st.none() | wijk_codes(),
        stadsdeel=st.none() | stadsdeel_codes(),
        gemeente=st.none() | gemeente_codes(),
        lat=st.none() | st.floats(-90, 90),
        lon=st.none() | st.floats(-180, 180),
        pc6=st.none() | pc6s(),
        street=st.none() | streets(),
        boundary_year=st.none() | st.integers(1900, 2200),
    )


_HAPPENING: dict[str, st.SearchStrategy[Any]] = {
    "occurred_at": utc_times(),
    "category": slugs(),
    "theme": st.none() | slugs() | st.sampled_from([theme.value for theme in Theme]),
    "severity": st.none() | st.integers(1, 5),
    "counts": st.booleans(),
    "location": locations(),
}


@cache
def incidents() -> st.SearchStrategy[Incident]:
    return _models(
        Incident,
        **_HAPPENING,
        service=st.sampled_from(["ambulance", "brandweer", "politie", "traumaheli", "overig"]),
        priority=st.none() | slugs(),
        units=st.integers(0, 999),
    )


@cache
def signals() -> st.SearchStrategy[Signal]:
    return _models(Signal, **_HAPPENING, status=st.sampled_from(["open", "in-progress", "closed"]))


@cache
def inspections() -> st.SearchStrategy[Inspection]:
    return _models(
        Inspection,
        **_HAPPENING,
        case=event_ids(),
        result=st.sampled_from(["compliant", "minor-breach", "major-breach", "not-performed"]),
        risk_class=st.none() | slugs(),
        recheck_on=st.none() | days(),
    )


@cache
def figures() -> st.SearchStrategy[Figure]:
    numbers = st.none() | st.floats(allow_nan=False, allow_infinity=False)
    return _models(
        Figure,
        measure=slugs(),
        area=area_codes(),
        period_start=days(),
        period_end=days(),
        value=numbers,
        status=st.sampled_from(["final", "provisional", "unknown", "withheld"]),
        lower=numbers,
        upper=numbers,
        unit=slugs(),
        boundary_year=st.integers(1900, 2200),
    )


@cache
def event_data() -> st.SearchStrategy[EventData]:
    return st.one_of(incidents(), signals(), inspections(), figures())


@st.composite
def raw_events(draw: st.DrawFn, of: st.SearchStrategy[EventData] | None = None) -> RawEvent:
    """Events in their envelope, of all four kinds if ``of`` gives no other data."""
    data: EventData = draw(event_data() if of is None else of)
    source = draw(source_names())
    return RawEvent(
        id=draw(event_ids()),
        source=source_urn("nijmegen", source),
        type=EVENT_TYPES[Kind(data.kind)],
        time=draw(utc_times()),
        subject=draw(st.none() | area_codes()),
        sequence=str(draw(st.integers(1, 10**19 - 1))),
        rev=draw(st.integers(1, 2**31 - 1)),
        bucket=draw(days()),
        deleted=draw(st.booleans()),
        data=data,
    )
