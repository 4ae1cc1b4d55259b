"""Ingest's side of an audit, for rows that no outbox gave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from domain.rows import EventRow
from warehouse.audit import Account, Day, Missing, Range, Reading, Report
from warehouse.audit import audit as run_audit
from warehouse.audit.settling import Patience
from warehouse.client import Client

SOURCES = ("demo", "p2000")
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


class GivenOut:
    """A ledger of what it is told.

    Args:
        accounts: by source.
        passes: what each fence says, one after the other, then True.
        in_broker: what ``find`` answers.
    """

    def __init__(
        self,
        accounts: Mapping[str, Account],
        passes: Iterable[bool] = (),
        in_broker: Missing | None = None,
    ) -> None:
        self.accounts = dict(accounts)
        self._passes = iter(passes)
        self._in_broker = in_broker if in_broker is not None else {}
        self.fences = 0

    def read(self) -> Reading:
        return Reading(dict(self.accounts), lambda _missing: self._in_broker)

    def fence(self) -> GivenOut:
        self.fences += 1
        return self

    def passed(self) -> bool:
        return next(self._passes, True)

    def ahead(self) -> str:
        return "records on their way"


def account(
    receipts: Mapping[str, Iterable[int]], duplicate: int = 0, waiting: tuple[Range, ...] = ()
) -> Account:
    """Return the account of a source that gave out these receipts per day."""
    days = {date.fromisoformat(day): len(set(given)) for day, given in receipts.items()}
    return Account(
        sum(days.values()),
        {day: Day(issued + duplicate, duplicate) for day, issued in days.items()},
        waiting,
    )


def without_gaps(rows: Iterable[EventRow]) -> list[EventRow]:
    """Return the rows with receipts 1, 2, 3 ... per source; a story leaves some out."""
    rows = list(rows)
    given = {source: sorted({r["receipt"] for r in rows if r["source"] == source}) for source in SOURCES}
    numbers = {
        (source, receipt): number
        for source, receipts in given.items()
        for number, receipt in enumerate(receipts, start=1)
    }
    return [EventRow(**(row | {"receipt": numbers[row["source"], row["receipt"]]})) for row in rows]


def accounts_of(rows: Iterable[EventRow]) -> dict[str, Account]:
    """Return accounts as if exactly the receipts of these rows had been given out."""
    receipts: dict[str, dict[str, set[int]]] = {}
    for row in rows:
        by_day = receipts.setdefault(row["source"], {})
        by_day.setdefault(row["received_at"][:10], set()).add(row["receipt"])
    return {source: account(by_day) for source, by_day in receipts.items()}


def audit(client: Client, ledger: GivenOut, seconds: float = 0.0) -> Report:
    """Audit without waiting in earnest: a pause takes no time, and patience ends all the same."""
    ticks = iter(range(10_000))
    patience = Patience(seconds, pause=1.0, clock=lambda: float(next(ticks)), sleep=lambda _s: None)
    return run_audit(client, ledger, patience, NOW)
