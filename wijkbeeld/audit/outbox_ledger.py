"""Ingest's side of the audit, on a broker that forgets: the outbox keeps all that is not durable yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ingest.accounts import count_waiting, read_accounts, read_issued
from warehouse.audit import Account, Day, Missing, Reading


def warehouse_accounts(outbox: Path) -> dict[str, Account]:
    """Return the accounts of the outbox file in the audit's words.

    Raises:
        Transient: the file is busy.
        Terminal: it is no outbox, or damaged.
    """
    return {
        name: Account(
            source.issued,
            {day: Day(counts.received, counts.duplicate) for day, counts in source.days.items()},
            source.waiting,
        )
        for name, source in read_accounts(outbox).items()
    }


class OutboxLedger:
    """Reads the outbox file.

    A record leaves it when the loader has acknowledged it: stored in the log and the truth and marked in
    ``dirty``, or rejected. So a fence is passed when nothing before it is left, and what has left it
    without having arrived is lost: the broker keeps nothing.

    Args:
        outbox: the file.
    """

    def __init__(self, outbox: Path) -> None:
        self._outbox = outbox

    def read(self) -> Reading:
        """Return the accounts now."""
        return Reading(warehouse_accounts(self._outbox), _nothing)

    def fence(self) -> OutboxFence:
        """Return a fence at the last receipts."""
        return OutboxFence(self._outbox, read_issued(self._outbox))


@dataclass(frozen=True, slots=True)
class OutboxFence:
    """The receipts ``issued`` of each source, and all before them."""

    outbox: Path
    issued: Mapping[str, int]

    def passed(self) -> bool:
        """Tell whether none of them is in the outbox any more."""
        return self._waiting() == 0

    def ahead(self) -> str:
        """Return how many are."""
        return f"{self._waiting():,} records in the outbox"

    def _waiting(self) -> int:
        return count_waiting(self.outbox, self.issued)


def _nothing(_missing: Missing) -> Missing:
    return {}
