"""The head of a page: priority, talk group, and the words that say how to read the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.themes import Severity
from ingest.p2000.tokens import bare


class Sort(StrEnum):
    """What a page is. Only ``INCIDENT`` counts."""

    INCIDENT = "incident"
    CANCEL = "intrekking"
    TEST = "test"
    EXERCISE = "oefening"
    RELOCATION = "verplaatsing"
    CONTACT = "contactverzoek"
    BULLETIN = "dienstbericht"


class Service(StrEnum):
    """The emergency service that is paged."""

    FIRE = "brandweer"
    POLICE = "politie"
    AMBULANCE = "ambulance"
    TRAUMA = "traumaheli"
    OTHER = "overig"


FREE_TEXT = frozenset({Sort.CONTACT, Sort.BULLETIN})
"""Sorts in which dispatch writes to people, and in which a place may stand anywhere."""

_PRIORITY = (
    (re.compile(r"p ?([1-5])\b"), "p", Service.FIRE),
    (re.compile(r"p(?= )"), None, Service.FIRE),
    # "A1 re 34,5" is a motorway.
    (
        re.compile(r"a([0-2])\b(?! (?:re|li|rechts|links|hm|afrit|oprit|knp|kp)\b)"),
        "a",
        Service.AMBULANCE,
    ),
    (re.compile(r"b([1-3])\b"), "b", Service.AMBULANCE),
    (re.compile(r"prio ?([1-5])\b"), "prio", None),
    (re.compile(r"([1-3])(?= [a-z])"), "prio", None),
)
# As the police of the north writes: "ongeval/wegvervoer/letsel prio 1 assen europaweg-zuid".
_NATURE_FIRST = re.compile(r"([a-z]+(?:/[a-z]+)+) prio ?([1-5]) (?=[a-z])")
_TALK_GROUP = re.compile(r"\bb[a-z]{2}-\d{1,3}\b|\bbv-net \d+\b")
_SORTS: tuple[tuple[Sort, re.Pattern[str]], ...] = (
    (
        Sort.CANCEL,
        re.compile(
            r"\b(?:intrekken(?: alarm)?(?: brw)?|alarm ingetrokken|ingetrokken|geannuleerd|annuleren"
            r"|annulering|rit vervallen|rit vervalt|alarm vervallen|alarm vervalt|loos alarm)\b"
        ),
    ),
    (
        Sort.TEST,
        re.compile(r"\bproef ?alarm\b|\btest ?(?:oproep|melding|bericht|alarm|page|pagers?)\b|^test\b"),
    ),
    (Sort.EXERCISE, re.compile(r"\b(?:brand)?oefening\b|\boefen ?alarm\b|^oefen\b")),
    (
        Sort.CONTACT,
        re.compile(
            r"\b(?:graag|gaarne|svp|s\.v\.p\.|aub|gelieve)\b.{0,40}\b(?:contact|bellen|bel)\b"
            r"|\btel(?:\.|efonisch\w*)? contact\b|^contact\b|\bcontact (?:mk[ab]?|in bv-net|opnemen)\b"
        ),
    ),
    (
        Sort.RELOCATION,
        re.compile(
            r"\b(?:einde )?vws\b|\bvoorwaardescheppend\b|\bherbezetting\b|\bposten\b|\bpost overname\b"
            r"|\bkazerneren\b|\bparaatheid\b|\bpassage ambulance\b|\bdienst overgenomen\b"
        ),
    ),
    (
        Sort.BULLETIN,
        re.compile(
            r"\bgereserveerd\b|\bpersbericht\b|\bpersvoorlichting\b|\bberichtgeving\b"
            r"|\bcorrectie op\b|\bmeer informatie\b|\bx kanaal\b|\bvoor verdere\b"
        ),
    ),
)
_SCALE = re.compile(
    r"(?:zeer )?(?:grote|middel|kleine) (?:br|brand|hv|hulpverlening)\b|(?:groot|middel) alarm\b"
)
_FILLER = re.compile(r"(?:ecall|tbo|nader bericht|opschaling)\b:? *")
_SCALES = {"zeer": Severity.CRITICAL, "grot": Severity.CRITICAL, "groo": Severity.CRITICAL,
           "midd": Severity.SERIOUS, "klei": Severity.MINOR}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """What the start of a page says.

    Attributes:
        service: as its priority implies; None when it has none.
        priority: slug, such as ``p1`` or ``a2``.
        sort: what the page is.
        scale: how grave dispatch calls it ("middel brand"), where it does.
        body: the text behind head, talk group and marker words.
        place_at: number of the word of ``body`` at which the place stands, if that is known.
    """

    service: Service | None
    priority: str | None
    sort: Sort
    scale: Severity | None
    body: str
    place_at: int | None = None


def read_head(text: str) -> Head:
    """Return the head of a normalised text."""
    if first := _NATURE_FIRST.match(text):
        nature = first[1].split("/")
        body = " ".join([*nature, text[first.end() :]])
        return Head(None, f"prio{first[2]}", Sort.INCIDENT, None, body, place_at=len(nature))
    service, priority, rest = _priority(text)
    rest = _squeeze(_TALK_GROUP.sub(" ", rest, count=1))
    sort, rest = _sort(rest)
    scale = None
    while found := (_SCALE.match(rest) or _FILLER.match(rest)):
        if found.re is _SCALE:
            scale = _SCALES[found.group()[:4]]
        rest = _without_scale(rest, found)
    return Head(service, priority, sort, scale, rest)


def _priority(text: str) -> tuple[Service | None, str | None, str]:
    for pattern, letter, service in _PRIORITY:
        if found := pattern.match(text):
            slug = f"{letter}{found.group(1)}" if letter else None
            return service, slug, text[found.end() :].strip()
    return None, None, text


def _sort(rest: str) -> tuple[Sort, str]:
    for sort, pattern in _SORTS:
        if found := pattern.search(rest):
            if sort is Sort.CONTACT:
                return sort, rest
            return sort, _squeeze(rest[: found.start()] + " " + rest[found.end() :])
    return Sort.INCIDENT, rest


def _without_scale(rest: str, found: re.Match[str]) -> str:
    behind = rest[found.end() :].strip()
    if found.re is _FILLER:
        return behind
    last = found.group().split()[-1]
    repeated = behind.split(" ", 1)[0] in ("br", "brand", "hv", "hulpverlening") or last == "alarm"
    return (
        behind if repeated or behind.startswith(("gebouwbrand", "woningbrand")) else f"{last} {behind}"
    )


def _squeeze(text: str) -> str:
    return " ".join(w for w in text.split() if bare(w) or w in ("-", "&"))
