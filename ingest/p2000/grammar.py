"""What a page says, as far as it may leave the connector.

The order of a page: priority, talk group, marker words, nature, objects, street, place, units or
numbers. The grammar is that of ``docs/sources/p2000.md``; the service comes from the priority, from
the archive's own column, or from the nature.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.areas import Municipality
from domain.themes import Severity, Theme
from ingest.addresses import as_postcode, take_number
from ingest.p2000.head import FREE_TEXT, Head, Service, Sort, read_head
from ingest.p2000.natures import CATEGORIES, match_nature
from ingest.p2000.streets import find_street, square_of_a_year
from ingest.p2000.tokens import (
    ambulance_units,
    bare,
    fire_units,
    is_tail,
    last_number,
    marked_number,
    normalise,
)
from ingest.p2000.whereabouts import Gazetteer, Place

_PLANNED = ("b1", "b2", "b3")
_LONG_TEXT = 12
# 1500kg has the shape of a postcode.
_UNITS_OF_MEASURE = ("KG", "MM", "CM", "KM", "HA", "KV", "KW")
_MEDICAL = (Service.AMBULANCE, Service.TRAUMA)


@dataclass(frozen=True, slots=True)
class Message:
    """A page for us. The last five attributes never leave the connector as they are.

    Attributes:
        sort: what the page is; only an incident counts.
        service, priority, category, theme, severity: as in an ``Incident``.
        street, pc6, gemeente: as in a ``Location``.
        units: unit numbers.
        number: the dispatch's own number of the run or incident.
        text: the whole normalised text.
        zone: the part of it that says where, without place, units and numbers.
        spot: the street, or the motorway and its direction; None when the page names neither.
    """

    sort: Sort
    service: Service
    priority: str | None
    category: str
    theme: Theme | None
    severity: Severity | None
    street: str | None
    pc6: str | None
    gemeente: str
    units: tuple[str, ...]
    number: str | None
    text: str
    zone: str
    spot: str | None


class Grammar:
    """Reads pages for one municipality."""

    def __init__(self, municipality: Municipality) -> None:
        self._gazetteer = Gazetteer(municipality)
        self._code = municipality.code
        self._wijken = {normalise(w.name): w.name for w in municipality.wijken}

    def read(self, text: str, service: Service | None = None) -> Message | None:
        """Return what a page says; None when it is another region's.

        Args:
            text: of the page, as received.
            service: as the source itself names it, or its receivers, where they do.
        """
        whole = normalise(text)
        if not self._gazetteer.may_concern_us(whole):
            return None
        head = read_head(whole)
        words = tuple(head.body.split())
        served = _service(head, service, words, whole)
        sort = _sort(head, served, words)
        category, size = match_nature(words)
        units = _units(served, words)
        place = self._gazetteer.find(
            words,
            units,
            free_text=sort in FREE_TEXT,
            ambulance=served in _MEDICAL,
            place_at=head.place_at,
        )
        if place is None:
            return None
        zone = _zone(words, place, size)
        street = self._street(zone, words, place) if sort in (Sort.INCIDENT, Sort.CANCEL) else None
        final = _category(sort, served, category)
        theme, severity = _meaning(final, head)
        return Message(
            sort=sort,
            service=served,
            priority=head.priority,
            category=final,
            theme=theme,
            severity=severity,
            street=street,
            pc6=_postcode(words, place) if sort in (Sort.INCIDENT, Sort.CANCEL) else None,
            gemeente=place.gemeente,
            units=units,
            number=None if served is Service.FIRE else _number(words, place),
            text=whole,
            zone=" ".join(zone),
            spot=street or _road(zone),
        )

    def _street(self, zone: tuple[str, ...], words: tuple[str, ...], place: Place) -> str | None:
        found = find_street(zone)
        if found is None and not place.in_tail:
            found = find_street(tuple(_before_tail(words[place.end :])))
        if found is None and place.gemeente == self._code:
            found = self._wijk_name(zone)
        return found

    def _wijk_name(self, zone: tuple[str, ...]) -> str | None:
        """A page that names no street but ends with the name of a wijk."""
        for size in range(min(3, len(zone)), 0, -1):
            name = " ".join(bare(w) for w in zone[-size:])
            if name in self._wijken:
                return name
        return None


def _service(head: Head, named: Service | None, words: tuple[str, ...], whole: str) -> Service:
    if head.service is Service.AMBULANCE:
        helicopter = any(unit[2:4] == "99" for unit in ambulance_units(words))
        return Service.TRAUMA if named is Service.TRAUMA or helicopter else Service.AMBULANCE
    if head.service or named:
        return head.service or named or Service.OTHER
    if head.sort is Sort.CANCEL and "alarm brw" in whole:
        return Service.FIRE
    # The police's pages have no priority letter and end with the number of the incident.
    police = match_nature(words)[1] or (head.sort is Sort.INCIDENT and last_number(words[-1:]))
    return Service.POLICE if police else Service.OTHER


def _units(service: Service, words: tuple[str, ...]) -> tuple[str, ...]:
    if service in _MEDICAL:
        return ambulance_units(words)
    return fire_units(words) if service is Service.FIRE else ()


def _sort(head: Head, service: Service, words: tuple[str, ...]) -> Sort:
    prose = service in (Service.POLICE, Service.OTHER) and len(words) >= _LONG_TEXT
    if head.sort is Sort.INCIDENT and prose and match_nature(words)[1] == 0:
        return Sort.BULLETIN
    return head.sort


def _category(sort: Sort, service: Service, category: str) -> str:
    if sort not in (Sort.INCIDENT, Sort.CANCEL):
        return str(sort)
    if service in _MEDICAL:
        return str(service)
    return category


def _meaning(category: str, head: Head) -> tuple[Theme | None, Severity | None]:
    nature = CATEGORIES.get(category)
    if nature is None:
        return None, Severity.TRIVIAL
    severity = nature.severity
    if head.priority in _PLANNED:
        severity = Severity.TRIVIAL
    elif head.scale is not None:
        severity = max(severity or head.scale, head.scale)
    return nature.theme, severity


def _zone(words: tuple[str, ...], place: Place, size: int) -> tuple[str, ...]:
    """The words that say where: before the place, or behind it when the page puts its place first."""
    before = tuple(w for w in words[size : place.start])
    if place.in_tail or find_street(before):
        return before
    behind = tuple(_before_tail(words[place.end :]))
    return behind or before


def _postcode(words: tuple[str, ...], place: Place) -> str | None:
    """The first full postcode; what may be a weight only where an address has its postcode."""
    for index, word in enumerate(words):
        found = as_postcode(bare(word))
        if found and (
            found[4:] not in _UNITS_OF_MEASURE
            or index + 1 == place.start
            or take_number(" ".join(words[max(index - 3, 0) : index]))[1]
        ):
            return found
    return None


def _number(words: tuple[str, ...], place: Place) -> str | None:
    return marked_number(words) or last_number(words[place.end :])


def _before_tail(words: tuple[str, ...]) -> list[str]:
    """``words`` up to the number of the run, without the numbers and codes that end them."""
    kept: list[str] = []
    for word in words:
        if word.startswith(("rit", "bon", "icnum")) and is_tail(word):
            break
        kept.append(word)
    while kept and is_tail(kept[-1]) and not square_of_a_year(kept):
        kept.pop()
    return kept


def _road(zone: tuple[str, ...]) -> str | None:
    """The motorway or provincial road with its direction, such as ``a73 re``."""
    for index, word in enumerate(zone):
        if word[:1] in "an" and word[1:].isdigit():
            following = zone[index + 1 : index + 2]
            return " ".join([word, *(w for w in following if w in ("re", "li", "links", "rechts"))])
    return None
