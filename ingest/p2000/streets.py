"""The street in a page: only what has the shape of a street, made of words of closed lists.

No list of a city's streets is used and nothing is guessed: see ``street_words`` for what may leave. The
house numbers are those of ``ingest.addresses``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.addresses import take_number
from ingest.p2000.street_words import (
    ADJECTIVES,
    COMMON_WORDS,
    DIRECTIONS,
    LEADS,
    NEVER_FIRST,
    NUMBERED_ENDINGS,
    PERSON_MARKERS,
    SUFFIXES,
)
from ingest.p2000.tokens import bare

_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*")
_INITIALS = re.compile(r"(?:[a-z]\.)+[a-z]?")
_EXIT = re.compile(r",\d+[a-z]?$")
_JOINED_DIRECTION = re.compile(r"-(?=(?:noord|zuid|oost|west)$)")
_ORDINAL = re.compile(r"\d{1,3}e")
_CUT_STREET = re.compile(r".{3,}straa$")
_MAX_LENGTH = 60
_MAX_PARTS = 30
_MIN_BEFORE_SUFFIX = 2
_YEAR_SQUARE = re.compile(r"plein 19\d\d")


def find_street(words: Sequence[str]) -> str | None:
    """Return the street that ``words``, the part of a page before its place, end with; None without one.

    Of a crossing, or of an object named after a street and the street itself, that is the last. House
    numbers behind it are dropped. ``malverte straat`` and ``malvert 12e straat`` stand for any of the
    numbered streets of Malvert and give ``malvert``.
    """
    if any(word in PERSON_MARKERS for word in words):
        return None
    parts = [part for word in words for part in _parts(word)]
    parts = _strip_numbers(parts[-_MAX_PARTS:])
    if not parts:
        return None
    street = square_of_a_year(parts) or _numbered(parts) or _phrase(parts) or _plain(parts)
    return street if street and len(street) <= _MAX_LENGTH else None


def _parts(word: str) -> list[str]:
    """The words in a word: a crossing of two streets, a street and the direction joined to it."""
    plain = _JOINED_DIRECTION.sub(" ", _EXIT.sub("", word))
    return [part for street in plain.split("/") for part in street.split()]


def _strip_numbers(parts: Sequence[str]) -> list[str]:
    text, number = take_number(" ".join(parts))
    while number is not None:
        text, number = take_number(text)
    return text.split()


def square_of_a_year(parts: Sequence[str]) -> str | None:
    """Return the street that ``parts`` end with if its name has a year, as ``plein 1944``; else None."""
    square = " ".join(parts[-2:])
    return square if _YEAR_SQUARE.fullmatch(square) else None


def _numbered(parts: Sequence[str]) -> str | None:
    """``malverte straat``, ``de gildekampe straat``, ``lankforst 25e straat``: streets with a number."""
    if parts[-1] != "straat" or len(parts) < 2:
        return None
    name, before = parts[-2], parts[:-2]
    if _ORDINAL.fullmatch(name) and before:
        name, before = before[-1], before[:-1]
    elif name.endswith("e") and name not in ADJECTIVES:
        name = name[:-1]
    else:
        return None
    if not _WORD.fullmatch(name) or not name.endswith(NUMBERED_ENDINGS) or name in NUMBERED_ENDINGS:
        return None
    return f"{before[-1]} {name}" if before and before[-1] in ("de", "het", "'t") else name


def _phrase(parts: Sequence[str]) -> str | None:
    """``weg door X``, ``laan van X``, ``passage X``; ``achter de (oude) X`` if nothing else is there."""
    last = parts[-1]
    if not _WORD.fullmatch(last) or _is_street_word(last):
        return None
    if tuple(parts[-3:-1]) in (("weg", "door"), ("laan", "van")):
        return " ".join(parts[-3:])
    if tuple(parts[-2:-1]) == ("passage",):
        return " ".join(parts[-2:])
    return _behind(parts) if parts[0] == "achter" else None


def _behind(parts: Sequence[str]) -> str | None:
    front = parts[1:-1]
    if front and front[0] in ("de", "het", "'t") and all(w in ADJECTIVES for w in front[1:]):
        return " ".join(parts)
    return None


def _plain(parts: Sequence[str]) -> str | None:
    last = len(parts) - 1
    direction = DIRECTIONS.get(parts[last])
    if direction and last:
        last -= 1
    core = parts[last] + ("t" if _CUT_STREET.fullmatch(parts[last]) else "")
    start = _extend(parts, last)
    if not _is_street_word(core) and not _is_bare_suffix(core, parts[start:last]):
        return None
    return " ".join([*parts[start:last], core, *([direction] if direction else [])])


def _is_street_word(word: str) -> bool:
    if word in COMMON_WORDS or not _WORD.fullmatch(word):
        return False
    return any(word.endswith(s) and len(word) >= len(s) + _MIN_BEFORE_SUFFIX for s in SUFFIXES)


def _is_bare_suffix(word: str, leads: Sequence[str]) -> bool:
    return word in SUFFIXES and any(lead in ADJECTIVES for lead in leads)


def _extend(parts: Sequence[str], core: int) -> int:
    """Return where the name that ends at ``core`` begins."""
    start = core
    while start and (parts[start - 1] in LEADS or _INITIALS.fullmatch(parts[start - 1])):
        start -= 1
    if start and bare(parts[start - 1]) in ("", "&"):
        # "X & anna Yweg": what precedes is a name of something else; "a73 li - nieuwe Yweg" is not.
        start = core if parts[start - 1] == "&" else start
    while start < core and parts[start] in NEVER_FIRST:
        start += 1
    return start
