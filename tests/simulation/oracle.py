"""What must come of a script, worked out from the script and the order of its polls alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.topics import Lane
from ingest.protocol import Draft, Repeat
from tests.simulation.script import Script, Teller, Told
from tests.warehouse.story import CellKey, CellValue

_KINDS = ("incident", "signal", "inspection")


@dataclass(slots=True)
class Known:
    """What the oracle remembers of an id: last content, highest revision, and what is current."""

    content: object
    revision: int | None
    unknown: bool = False
    current: Told | None = None
    is_deleted: bool = False
    stored: bool = False


@dataclass(slots=True)
class Expected:
    """What must come of one source; ``receipts`` says of each if it is ``stored`` or ``rejected``."""

    received: int = 0
    duplicate: int = 0
    receipts: dict[int, str] = field(default_factory=dict)
    ids: dict[str, Known] = field(default_factory=dict)

    @property
    def stored(self) -> int:
        """Distinct events and figures that were stored."""
        return sum(known.stored for known in self.ids.values())

    @property
    def rejected(self) -> int:
        """Receipts that were rejected."""
        return sum(fate == "rejected" for fate in self.receipts.values())

    @property
    def superseded(self) -> int:
        """Receipts of further versions."""
        return len(self.receipts) - self.rejected - self.stored


class Oracle:
    """Follows the committed polls of a run."""

    def __init__(self, script: Script) -> None:
        self._tellers = {teller.name: teller for teller in script.tellers}
        self._polled: defaultdict[tuple[str, Lane], int] = defaultdict(int)
        self.sources = {name: Expected() for name in self._tellers}

    def polled(self, source: str, lane: Lane, index: int, now: datetime) -> None:
        """Take note of a committed poll."""
        assert index == self._polled[source, lane], "a poll was left out, or committed twice"
        self._polled[source, lane] += 1
        teller = self._tellers[source]
        for told in teller.polls[lane][index]:
            self._take(self.sources[source], teller, told, now)

    def finished(self) -> bool:
        """Tell whether every poll was committed."""
        return all(
            self._polled[name, lane] == len(polls)
            for name, teller in self._tellers.items()
            for lane, polls in teller.polls.items()
        )

    def _take(self, source: Expected, teller: Teller, told: Told, now: datetime) -> None:
        source.received += 1
        finding = told.finding
        if isinstance(finding, Repeat):
            source.duplicate += 1
        elif not isinstance(finding, Draft):
            if finding.event_id in source.ids:
                source.duplicate += 1
            else:
                source.ids[finding.event_id] = Known(None, None)
                source.receipts[len(source.receipts) + 1] = "rejected"
        else:
            self._take_draft(source, finding, told, _is_late(teller, finding, now))

    def _take_draft(self, source: Expected, draft: Draft, told: Told, late: bool) -> None:
        known = source.ids.get(draft.event_id)
        if known is not None:
            outranked = known.revision is not None and (
                draft.revision is None or draft.revision <= known.revision
            )
            if outranked or told.content == known.content:
                source.duplicate += 1
                known.revision = max(known.revision or 0, draft.revision or 0) or None
                return
        too_late = late if known is None else known.unknown and draft.revision is None
        if known is None:
            known = source.ids[draft.event_id] = Known(None, None)
        known.content = told.content
        known.revision = max(known.revision or 0, draft.revision or 0) or None
        known.unknown = too_late
        receipt = len(source.receipts) + 1
        if too_late or told.fate in ("future", "unreadable-time"):
            source.receipts[receipt] = "rejected"
            return
        source.receipts[receipt] = "stored"
        known.stored, known.current, known.is_deleted = True, told, draft.deleted

    def cells(self) -> dict[CellKey, CellValue]:
        """Return every cell that is not empty."""
        cells: dict[CellKey, list[int]] = {}
        for source in self.sources.values():
            for known in source.ids.values():
                told = known.current
                if told is None or known.is_deleted or told.cell is None:
                    continue
                wijk, theme, hour, kind, severity = told.cell
                cell = cells.setdefault((wijk, theme, hour), [0] * 5)
                cell[0] += 1
                cell[1 + _KINDS.index(kind)] += 1
                cell[4] += severity
        return {key: (a, b, c, d, e) for key, (a, b, c, d, e) in cells.items()}


def _is_late(teller: Teller, draft: Draft, now: datetime) -> bool:
    occurred: Any = getattr(draft.data, "occurred_at", None)
    return (
        teller.horizon is not None
        and draft.revision is None
        and occurred is not None
        and occurred < now - teller.horizon
    )
