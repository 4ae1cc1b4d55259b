"""What really happened in a run, and the laws that must hold at every moment of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable

import orjson

from domain.codec import HEADER_RECEIPT
from domain.topics import ACKS, EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED, source_of
from tests.simulation.log import Log, Partition, Stored

Receipt = tuple[str, int]
_OUTPUTS = frozenset({EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED})


class LawBroken(AssertionError):  # noqa: N818 - what happened, not what went wrong
    """Something happened that must never happen."""


class Ledger:
    """Knows what the engine holds and what the log holds; checks commits and acks as they come."""

    def __init__(self) -> None:
        self.log: Log | None = None
        self.durable: set[Receipt] = set()
        self.in_log: set[Receipt] = set()
        self._located: set[Receipt] = set()
        self._unmarked: dict[Receipt, str] = {}
        self._names: dict[Receipt, tuple[str, str]] = {}
        self._checked: defaultdict[tuple[str, Partition], int] = defaultdict(int)
        self.marks = 0
        self.deaths = 0
        self.stumbles = 0

    def forget_log(self) -> None:
        """Note that the broker has lost everything."""
        self.in_log.clear()
        self._located.clear()
        self._checked.clear()

    def stored(self, topic: str, record: Stored) -> None:
        """Note a record in the log."""
        if topic in _OUTPUTS:
            row = orjson.loads(record.value)
            self._located.add((row["source"], row["receipt"]))
            self.in_log.add((row["source"], row["receipt"]))
        elif topic == ACKS:
            ack = orjson.loads(record.value)
            receipts = [n for first, last in ack["ranges"] for n in range(first, last + 1)]
            self._require_durable(((ack["source"], n) for n in receipts), "acknowledged")
        else:
            self.in_log.add(_raw_receipt(topic, record))

    def inserted(self, table: str, body: bytes) -> None:
        """Note rows that the engine has accepted."""
        rows = [orjson.loads(line) for line in body.splitlines()]
        if table == "dirty":
            self.marks += 1
            marked = {cell for row in rows for cell in _cells(row)}
            looked_up = {(s, i) for row in rows for s, i in zip(*_ids(row), strict=True)}
            self._mark(lambda cell, key: cell in marked or key in looked_up)
            return
        if table not in ("event_log", "figure_log", "rejected"):
            return
        for row in rows:
            receipt = (row["source"], row["receipt"])
            if receipt in self.durable:
                continue
            self.durable.add(receipt)
            # A first version that is retracted counts nowhere and never did.
            if table == "event_log" and row["counts"] and (row["rev"] > 1 or not row["deleted"]):
                cell = "|".join((row["wijk"], row["theme"], row["occurred_at"][:13]))
                self._unmarked[receipt] = "" if row["deleted"] else cell
                self._names[receipt] = (row["source"], row["event_id"])

    def _mark(self, is_marked: Callable[[str, tuple[str, str]], bool]) -> None:
        for receipt, cell in list(self._unmarked.items()):
            if is_marked(cell, self._names[receipt]):
                del self._unmarked[receipt]

    def committing(self, group: str, place: Partition, offset: int) -> None:
        """Check that a commit passes nothing that is not finished."""
        assert self.log is not None
        begin = self._checked[group, place]
        if offset < begin:
            raise LawBroken(f"{group} commits {offset} of {place} after {begin}")
        below = [r for r in self.log.records[place] if begin <= r.offset < offset]
        if group.startswith("streams"):
            lost = [r for r in below if _raw_receipt(place[0], r) not in self._located]
            if lost:
                raise LawBroken(f"{group} passes offset {lost[0].offset} of {place}: not published")
        else:
            rows = (orjson.loads(record.value) for record in below)
            self._require_durable(((row["source"], row["receipt"]) for row in rows), "committed")
        self._checked[group, place] = offset

    def _require_durable(self, receipts: Iterable[Receipt], word: str) -> None:
        for receipt in receipts:
            if receipt not in self.durable:
                raise LawBroken(f"{receipt} was {word} before it was stored")
            if receipt in self._unmarked:
                raise LawBroken(f"{receipt} was {word} before its cells were marked")

    def nothing_is_lost(self, issued: set[Receipt], in_outbox: set[Receipt], *, forgets: bool) -> None:
        """Check that every issued receipt is where the guarantee says that it is."""
        safe = in_outbox | self.durable | (set() if forgets else self.in_log)
        lost = issued - safe
        if lost:
            raise LawBroken(f"{min(lost)} is neither in the outbox nor anywhere durable")


def _raw_receipt(topic: str, record: Stored) -> Receipt:
    return source_of(topic), int(dict(record.headers)[HEADER_RECEIPT])


def _cells(row: dict[str, list[str]]) -> Iterable[str]:
    columns = (row["cells.wijk"], row["cells.theme"], row["cells.hour"])
    return ("|".join((wijk, theme, hour[:13])) for wijk, theme, hour in zip(*columns, strict=True))


def _ids(row: dict[str, list[str]]) -> tuple[list[str], list[str]]:
    return row["ids.source"], row["ids.event_id"]
