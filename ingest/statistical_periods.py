"""Periods as statistical tables write them, to local days."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

_FORMS = re.compile(
    r"(?P<year>(19|20)[0-9]{2})"
    r"(?:JJ00|[ -]?(?:MM|M|-)?(?P<month>0[1-9]|1[0-2])|[ -]?(?:KW0?|Q)(?P<quarter>[1-4]))?\*{0,2}"
)
_YEARS = re.compile(r"(?P<from>(19|20)[0-9]{2})\s*[/-]\s*(?P<to>(19|20)[0-9]{2})\*{0,2}")


class Days(NamedTuple):
    """Local days from ``start`` to before ``end``."""

    start: date
    end: date


def days_of(text: str) -> Days:
    """Return the days of a period.

    Args:
        text: a year (``2025``, ``2025JJ00``), month (``2025MM03``, ``2025-03``), quarter (``2025KW02``,
            ``2025-Q2``) or range of whole years (``2023/2025``); a trailing ``*`` marks it provisional
            and is not looked at. Keys are those of StatLine
            (https://www.cbs.nl/nl-nl/onze-diensten/open-data/statline-als-open-data).

    Raises:
        ValueError: it is none of these; the text is not repeated.
    """
    text = text.strip()
    if (years := _YEARS.fullmatch(text)) is not None and int(years["from"]) <= int(years["to"]):
        return Days(date(int(years["from"]), 1, 1), date(int(years["to"]) + 1, 1, 1))
    found = _FORMS.fullmatch(text)
    if found is None:
        raise ValueError("is not a period such as 2025, 2025MM03 or 2025KW02")
    year = int(found["year"])
    if found["month"]:
        return _months(year, int(found["month"]), 1)
    if found["quarter"]:
        return _months(year, 3 * int(found["quarter"]) - 2, 3)
    return Days(date(year, 1, 1), date(year + 1, 1, 1))


def _months(year: int, month: int, count: int) -> Days:
    after = month + count
    end = date(year, after, 1) if after <= 12 else date(year + 1, after - 12, 1)
    return Days(date(year, month, 1), end)
