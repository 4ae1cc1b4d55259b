"""A record of a situation: what is taken of it, and nothing else.

Names are compared without their namespace, which is the only way in which versions 2 and 3 of DATEX II
name these elements differently.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element

from ingest.xml_reading import local_name

TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

MAX_POINTS = 2_000
"""Points of a line that are looked at."""

_VERSION = re.compile(r"[0-9]{1,6}")  # no more: a number of nine digits may be somebody's
_SEVERITIES = frozenset({"highest", "high", "medium", "low", "lowest", "none", "unknown"})
_STATUSES = frozenset({"real", "test", "technicalExercise", "securityExercise"})
# What a detour or a sign points to is not where it happened.
_ELSEWHERE = frozenset({"alternativeRoute", "alternativeRouteLocation", "destination"})
# Of the country in WGS84, by which the two numbers of a pair are told apart.
_LATITUDES, _LONGITUDES = (50.0, 54.0), (3.0, 8.0)


class FieldAtFault(Exception):  # noqa: N818 - a finding that the caller makes a reject of
    """A field of a record cannot be read; holds its name."""


@dataclass(frozen=True, slots=True)
class Point:
    """WGS84 degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Record:
    """What is taken.

    Attributes:
        key: id of the record; only ever used hashed.
        version: its number at the source.
        type: of the record, as DATEX II names it.
        began: when it began, UTC.
        severity: in the terms of DATEX II; None where it says none.
        real: no test or exercise.
        certain: it happened; False for a risk of it.
        cancelled: it was taken back.
        points: along where it is, in their order.
    """

    key: str
    version: int
    type: str
    began: datetime
    severity: str | None
    real: bool
    certain: bool
    cancelled: bool
    points: Sequence[Point]


def record_of(situation: Element, element: Element) -> Record:
    """Return what is taken of a record.

    Raises:
        FieldAtFault: a field that is needed is not there or cannot be read.
    """
    key, version = element.get("id") or "", element.get("version") or ""
    if not key:
        raise FieldAtFault("id")
    if _VERSION.fullmatch(version) is None:
        raise FieldAtFault("version")
    severity = _text(element, "severity") or _text(situation, "overallSeverity")
    status = _text(situation, "informationStatus")
    return Record(
        key=key,
        version=int(version),
        type=type_of(element),
        began=_began(element),
        severity=severity if severity in _SEVERITIES else None,
        real=status not in _STATUSES - {"real"},
        certain=_text(element, "probabilityOfOccurrence") != "riskOf",
        cancelled=_is_cancelled(element),
        points=tuple(_points(element))[:MAX_POINTS],
    )


def type_of(element: Element) -> str:
    """Return the ``xsi:type`` of an element without its prefix; empty without one."""
    return (element.get(TYPE) or "").rpartition(":")[2]


def _began(element: Element) -> datetime:
    for name in ("overallStartTime", "situationRecordCreationTime"):
        text = _text(element, name)
        if text is None:
            continue
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise FieldAtFault(name) from None
        if moment.tzinfo is None:
            raise FieldAtFault(name)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            raise FieldAtFault(name) from None
    raise FieldAtFault("overallStartTime")


def _is_cancelled(element: Element) -> bool:
    return any(
        _text(management, "cancel") in ("true", "1")
        for management in _named(element, "lifeCycleManagement")
    )


def _points(element: Element) -> Iterator[Point]:
    for each in _located(element):
        name = local_name(each)
        if name in ("pointCoordinates", "coordinatesForDisplay", "locationForDisplay"):
            yield from _pairs([_text(each, "latitude") or "", _text(each, "longitude") or ""])
        elif name in ("posList", "pos"):
            yield from _pairs((each.text or "").split(None, 2 * MAX_POINTS))


def _pairs(numbers: Sequence[str]) -> Iterator[Point]:
    """Yield the points of a list of pairs, whichever of the two comes first."""
    for first, second in zip(numbers[::2], numbers[1::2], strict=False):
        try:
            one, other = float(first), float(second)
        except ValueError:
            return
        if not (math.isfinite(one) and math.isfinite(other)):
            return
        if _within(one, _LATITUDES) and _within(other, _LONGITUDES):
            yield Point(one, other)
        elif _within(one, _LONGITUDES) and _within(other, _LATITUDES):
            yield Point(other, one)


def _within(number: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= number <= bounds[1]


def _located(element: Element) -> Iterator[Element]:
    for child in element:
        if local_name(child) not in _ELSEWHERE:
            yield child
            yield from _located(child)


def _named(element: Element, name: str) -> Iterator[Element]:
    return (each for each in element.iter() if local_name(each) == name)


def _text(element: Element, name: str) -> str | None:
    """Return the text of the first element of this name in ``element``, trimmed; None without one."""
    found = next(_named(element, name), None)
    return ((found.text or "").strip() or None) if found is not None else None
