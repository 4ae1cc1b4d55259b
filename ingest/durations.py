"""Lengths of time as a person writes them: ``30s``, ``15m``, ``6h``, ``7d``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_FORM = re.compile(r"(\d{1,6})\s*([smhd])", re.ASCII)


def _parse(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    if found is None or not int(found[1]):
        raise ValueError("write a whole number above 0 and a unit, as in 30s, 15m, 6h or 7d")
    return timedelta(seconds=int(found[1]) * _UNITS[found[2]])


def in_words(length: timedelta) -> str:
    """Return a length in its largest unit, rounded down: ``45 s``, ``12 m``, ``3 h``, ``2 d``."""
    seconds = int(length.total_seconds())
    for unit in "dhm":
        if abs(seconds) >= _UNITS[unit]:
            return f"{seconds // _UNITS[unit]} {unit}"
    return f"{seconds} s"


Duration = Annotated[timedelta, BeforeValidator(_parse)]
"""A field of settings: a length of time above 0."""
