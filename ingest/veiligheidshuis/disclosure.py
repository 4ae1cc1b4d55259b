"""Whether a delivery keeps small groups hidden: each number, and each that follows from others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from domain.rejects import RejectReason
from ingest.tabular.rows import FileRefused
from ingest.veiligheidshuis.document import Document, Duration, FigureRow, Measure, Route

SMALLEST = 10
"""The smallest number of cases that may be told."""

_Group = tuple[str, str, str]


def check_disclosure(document: Document) -> None:
    """Look at every number and at the differences between a total and its parts.

    Raises:
        FileRefused: a number, or one that can be worked out, is below ten; a number is there twice;
            parts come to more than their total.
    """
    keys = set()
    for number, row in enumerate(document.figures):
        if row.key in keys:
            raise FileRefused(f"figures.{number}", "is there twice")
        keys.add(row.key)
        count = row.cases if row.measure is Measure.COSTS else row.value
        if count is not None and count < SMALLEST:
            field = "cases" if row.measure is Measure.COSTS else "value"
            raise _small(f"figures.{number}.{field}", "is below ten; withhold it")
    _check_parts(document)
    _check_goals(document)


def _check_parts(document: Document) -> None:
    totals: dict[_Group, int] = {}
    for row in document.figures:
        if row.route is None and row.duration is None and (count := _cases(row)) is not None:
            totals[_group(row)] = count
    for by, whole in (("route", len(Route)), ("duration", len(Duration))):
        parts: dict[_Group, list[FigureRow]] = defaultdict(list)
        for row in document.figures:
            if getattr(row, by) is not None:
                parts[_group(row)].append(row)
        for group, rows in parts.items():
            if group in totals:
                _check_rest(totals[group], rows, whole, by)


def _check_rest(total: int, rows: list[FigureRow], whole: int, by: str) -> None:
    """Look at what is left of a total when the parts that are told are taken away."""
    rest = total - sum(_known(rows))
    withheld = any(_cases(row) is None for row in rows)
    if rest < 0:
        raise FileRefused(f"figures.{by}", "has parts that come to more than their total")
    if withheld and rest < SMALLEST:
        raise _small(f"figures.{by}", "has a withheld number that can be worked out; withhold one more")
    if not withheld and rest > 0 and (rest < SMALLEST or len(rows) == whole):
        raise _small(f"figures.{by}", "has parts that leave a small rest of their total")


def _check_goals(document: Document) -> None:
    """Look at the cases that were closed without reaching their goal."""
    closed = {row.key: row.value for row in document.figures if row.measure is Measure.CLOSED}
    for number, row in enumerate(document.figures):
        if row.measure is not Measure.GOAL_REACHED or row.value is None:
            continue
        stadsdeel, period, _, route, duration = row.key
        total = closed.get((stadsdeel, period, Measure.CLOSED, route, duration))
        if total is None:
            continue
        if row.value > total:
            raise FileRefused(f"figures.{number}.value", "is more than the cases that were closed")
        if 0 < total - row.value < SMALLEST:
            raise _small(f"figures.{number}.value", "leaves fewer than ten cases without their goal")


def _group(row: FigureRow) -> _Group:
    return (row.stadsdeel, row.period, row.measure)


def _cases(row: FigureRow) -> int | None:
    return row.cases if row.measure is Measure.COSTS else row.value


def _known(rows: Iterable[FigureRow]) -> list[int]:
    return [count for row in rows if (count := _cases(row)) is not None]


def _small(field: str, says: str) -> FileRefused:
    return FileRefused(field, says, RejectReason.PRIVACY)
