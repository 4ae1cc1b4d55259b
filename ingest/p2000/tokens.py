"""The words of a page: normalising a text and recognising the numbers in it."""

from __future__ import annotations

import re
import unicodedata

_BRACKETS = str.maketrans(dict.fromkeys("()[]{}<>|", " "))
_NUMBER_WORDS = frozenset(
    ("rit", "rit:", "ritnr", "ritnr:", "rit.nr", "bon", "bon:", "icnum", "icnum:"),
)
_TAIL_WORDS = _NUMBER_WORDS | frozenset(
    ("ic", "vak:", "vak", "regio", "mka", "mkb", "mkp", "meldkamer", "gz", "glz", "gms", "vordering"),
)
_UNIT_FIRE = re.compile(r"\d{6}")
_UNIT_AMBULANCE = re.compile(r"\d{5}")
_INCIDENT_NUMBER = re.compile(r"\d{4,7}")


def normalise(text: str) -> str:
    """Return a page's text as it is identified: NFC, lower case, no brackets, single spaces."""
    folded = unicodedata.normalize("NFC", text).lower().translate(_BRACKETS)
    return " ".join("".join(c if c.isprintable() else " " for c in folded).split())


def bare(word: str) -> str:
    """Return ``word`` without the punctuation around it."""
    return word.strip(".,:;!?*\"'`-/")


def is_tail(word: str) -> bool:
    """Tell whether ``word`` is one of the numbers and codes that may follow a page's place."""
    plain = bare(word)
    return not plain or any(c.isdigit() for c in plain) or plain in _TAIL_WORDS or len(plain) == 1


def fire_units(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the unit numbers of the fire service (``RRppnn``) in ``words``, in order, each once."""
    return tuple(dict.fromkeys(w for w in map(bare, words) if _UNIT_FIRE.fullmatch(w)))


def ambulance_units(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the ambulance numbers (``RRnnn``) that ``words`` start with, behind flags only."""
    units: list[str] = []
    for word in words:
        if _UNIT_AMBULANCE.fullmatch(bare(word)):
            units.append(bare(word))
        elif units or bare(word) not in _BEFORE_UNIT:
            break
    return tuple(dict.fromkeys(units))


_BEFORE_UNIT = frozenset(
    ["", "ambu", "ambulance", "dia", "ja", "nee", "directe", "inzet", "vws", "dv", "mmt"]
)


def marked_number(words: tuple[str, ...]) -> str | None:
    """Return the number that follows ``rit``, ``bon`` or ``ICnum`` in ``words``; None without one."""
    plain = [bare(w) for w in words]
    for marker, value in zip(words, plain[1:], strict=False):
        if marker in _NUMBER_WORDS and _INCIDENT_NUMBER.fullmatch(value):
            return value
    return None


def last_number(words: tuple[str, ...]) -> str | None:
    """Return the last number of four to seven digits in ``words``; None without one."""
    return next((w for w in map(bare, reversed(words)) if _INCIDENT_NUMBER.fullmatch(w)), None)
