"""The archive layout: CSV with a page per row and its time on the clock of Amsterdam.

Columns (in any order, others are never looked at): ``Titel``, the text of the page; ``Discipline``,
the service as the archive names it; and the time, either ``ts_local`` (ISO 8601 without a zone) or
``Publicatiedatum`` and ``Publicatietijd``. One row is one line.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from domain.clock import from_local
from ingest.p2000.head import Service
from ingest.p2000.inputs import Line
from ingest.p2000.records import Content, Garbage, Nothing, Page

_SERVICES = {
    "brandweer": Service.FIRE,
    "politie": Service.POLICE,
    "ambulance": Service.AMBULANCE,
    "trauma": Service.TRAUMA,
    "traumaheli": Service.TRAUMA,
    "lifeliner": Service.TRAUMA,
}


# Rows may be seconds out of order; a clock that is set back goes back by more than this.
_SET_BACK = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Columns:
    """Positions of the columns that are read; ``time`` is one column or a date and a time."""

    text: int
    service: int
    time: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ArchiveState:
    """What must be known of the rows before.

    Attributes:
        columns: of the header; None before it was read.
        local: local time of the last row, ISO 8601; empty before the first.
        fold: in the hour that the end of summer time repeats, whether rows are in its second pass.
    """

    columns: Columns | None = None
    local: str = ""
    fold: int = 0


def read_header(line: bytes) -> Columns | None:
    """Return the columns that a header line names; None when it is no header of an archive."""
    cells = _cells(line.removeprefix(b"\xef\xbb\xbf"))
    names = {name.strip().lower(): index for index, name in enumerate(cells or ())}
    if "titel" not in names or "discipline" not in names:
        return None
    if "ts_local" in names:
        time: tuple[int, ...] = (names["ts_local"],)
    elif "publicatiedatum" in names and "publicatietijd" in names:
        time = (names["publicatiedatum"], names["publicatietijd"])
    else:
        return None
    return Columns(names["titel"], names["discipline"], time)


def read_row(line: Line, state: ArchiveState) -> tuple[Content, ArchiveState]:
    """Return what a line of an archive is, and the state after it."""
    if not line.data.strip():
        return Nothing(), state
    if line.start == 0 or state.columns is None:
        columns = read_header(line.data)
        return (Nothing(), ArchiveState(columns)) if columns else (Garbage("header"), state)
    cells = _cells(line.data)
    if cells is None or len(cells) <= max(
        state.columns.text, state.columns.service, *state.columns.time
    ):
        return Garbage("row"), state
    text = cells[state.columns.text].strip()
    if not text:
        return Garbage("text"), state
    service = _SERVICES.get(cells[state.columns.service].strip().lower())
    try:
        stamp = datetime.fromisoformat(" ".join(cells[i].strip() for i in state.columns.time))
        if stamp.tzinfo is not None:
            return Page(stamp.astimezone(UTC), text, service), state
        fold = _fold(stamp, state)
        moment = from_local(stamp, fold=fold)
    except (ValueError, OverflowError):
        return Garbage("time"), state
    return Page(moment, text, service), replace(state, local=stamp.isoformat(), fold=fold)


def _cells(line: bytes) -> list[str] | None:
    try:
        return next(csv.reader([line.decode("utf-8", "replace")], strict=True), None)
    except csv.Error:
        return None


def _fold(local: datetime, state: ArchiveState) -> int:
    """Which pass of the repeated hour a row is in: a long way back in it shows a clock set back."""
    if not _is_repeated(local) or not state.local:
        return 0
    last = datetime.fromisoformat(state.local)
    back = last - local
    if _is_repeated(last) and last.date() == local.date():
        return 1 if state.fold or back > _SET_BACK else 0
    # From just behind the hour a row is out of order, and belongs to the end of the second pass.
    return 1 if timedelta(0) < back <= _SET_BACK else 0


def _is_repeated(local: datetime) -> bool:
    """Whether the end of summer time gives ``local`` two meanings; the hour spring skips has none."""
    return from_local(local, fold=0) < from_local(local, fold=1)
