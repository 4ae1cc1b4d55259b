"""From a cell to a value: numbers, dates and terms as they are written in the Netherlands.

Every function returns None for a cell with nothing in it, and raises ``ValueError`` with words that
hold nothing of the cell.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from domain.clock import from_local
from ingest.tabular.rows import Cell

DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d %B %Y", "%Y%m%d")
"""Forms of a date that are tried where a mapping names none."""

TIME_FORMATS = tuple(f"{day} {clock}" for day in DATE_FORMATS[:4] for clock in ("%H:%M:%S", "%H:%M"))
"""Forms of a time that are tried after ISO 8601 where a mapping names none."""

_MONTHS = (
    ("januari", "jan"), ("februari", "feb"), ("maart", "mrt"), ("april", "apr"), ("mei",),
    ("juni", "jun"), ("juli", "jul"), ("augustus", "aug"), ("september", "sep", "sept"),
    ("oktober", "okt"), ("november", "nov"), ("december", "dec"),
)  # fmt: skip
_MONTH_NUMBER = {name: str(n) for n, names in enumerate(_MONTHS, 1) for name in names}
_WORD = re.compile(r"[a-z]+")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_NUMBER = {
    ",": re.compile(r"-?([0-9]{1,3}(\.[0-9]{3})+|[0-9]{1,18})(,[0-9]{1,18})?"),
    ".": re.compile(r"-?([0-9]{1,3}(,[0-9]{3})+|[0-9]{1,18})(\.[0-9]{1,18})?"),
}
_SPACES = dict.fromkeys(map(ord, " \t\u00a0\u202f"))


def text_of(cell: Cell) -> str | None:
    """Return what stands in a cell, without the space around it and doubled within it."""
    if isinstance(cell, bool):
        return "ja" if cell else "nee"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if cell is None:
        return None
    return " ".join(str(cell).split()) or None


def folded(text: str) -> str:
    """Return a text as terms are compared: no difference of case or space."""
    return " ".join(text.split()).casefold()


def number_of(cell: Cell, decimal: str) -> float | None:
    """Return the number in a cell.

    Args:
        cell: a number, or a text with ``decimal`` before its fraction and the other of comma and point
            between its thousands, if at all.
        decimal: comma or point.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = text_of(cell)
    if text is None:
        return None
    text = text.translate(_SPACES)
    if not isinstance(cell, str) or not _NUMBER[decimal].fullmatch(text):
        raise ValueError("is not a number")
    other = "." if decimal == "," else ","
    return float(text.replace(other, "").replace(decimal, "."))


def whole_of(cell: Cell) -> int | None:
    """Return the whole number in a cell."""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return cell
    text = text_of(cell)
    if text is None:
        return None
    if isinstance(cell, bool) or not _WHOLE.fullmatch(text):
        raise ValueError("is not a whole number")
    return int(text)


def date_of(cell: Cell, formats: Sequence[str], zone: ZoneInfo) -> date | None:
    """Return the date in a cell; of a time the day on the clock of ``zone``.

    Args:
        cell: a date, a time or a text in one of the formats.
        formats: as of ``strptime``; names of months are Dutch. Empty for ``DATE_FORMATS``.
        zone: of times that have an offset.
    """
    if isinstance(cell, datetime):
        return cell.date() if cell.tzinfo is None else cell.astimezone(zone).date()
    if isinstance(cell, date):
        return cell
    moment = _parsed(cell, formats, (*DATE_FORMATS, *TIME_FORMATS), "is not a date of the form expected")
    if moment is None:
        return None
    return moment.date() if moment.tzinfo is None else moment.astimezone(zone).date()


def time_of(cell: Cell, formats: Sequence[str], zone: ZoneInfo, dateless: time) -> datetime | None:
    """Return the time in a cell, aware, UTC.

    Args:
        cell: a time, a date or a text in one of the formats. A time without an offset is read on the
            clock of ``zone``; in the hour that the end of summer time repeats, the first of the two.
        formats: as for ``date_of``. Empty for ISO 8601, then ``TIME_FORMATS``, then ``DATE_FORMATS``.
        zone: of times without an offset.
        dateless: the time of day of what has a date only.
    """
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return from_local(datetime.combine(cell, dateless), zone)
    if isinstance(cell, datetime):
        return _utc(cell, zone)
    usual = (*TIME_FORMATS, *DATE_FORMATS)
    moment = _parsed(cell, formats, usual, "is not a time of the form expected")
    if moment is None:
        return None
    if isinstance(moment, _Day):
        return from_local(datetime.combine(moment.date(), dateless), zone)
    return _utc(moment, zone)


class _Day(datetime):
    """A date that was written without a time of day."""


def _utc(moment: datetime, zone: ZoneInfo) -> datetime:
    return from_local(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)


def _parsed(cell: Cell, formats: Sequence[str], usual: Sequence[str], says: str) -> datetime | None:
    text = text_of(cell)
    if text is None:
        return None
    if not isinstance(cell, str) and not (formats and isinstance(cell, int)):
        raise ValueError(says)
    if not formats and (moment := _iso(text)) is not None:
        return moment
    dutch = _WORD.sub(lambda word: _MONTH_NUMBER.get(word[0], word[0]), text.lower())
    for form in formats or usual:
        numbered = form.replace("%B", "%m").replace("%b", "%m")
        try:
            moment = datetime.strptime(dutch if numbered != form else text, numbered)  # noqa: DTZ007 - the zone is given by the caller
        except ValueError:
            continue
        return moment if "%H" in form else _Day(moment.year, moment.month, moment.day)
    raise ValueError(says)


def _iso(text: str) -> datetime | None:
    """Return an ISO 8601 time with its time of day; None for anything else."""
    try:
        return datetime.fromisoformat(text) if len(text) > 10 and text[4] == "-" else None
    except ValueError:
        return None
