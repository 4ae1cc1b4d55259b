"""The count of one source: what ingest gave out against what arrived."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse.audit.ledger import Account
from warehouse.audit.ranges import Range, size, without
from warehouse.audit.receipts import Arrivals, Arrived, day_of
from warehouse.audit.report import DayLine, Loss, SourceReport


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of one source.

    Attributes:
        account: ingest's, up to the fence.
        arrivals: the warehouse's, up to the fence.
        highest: highest receipt in the warehouse, read before the account.
        split_ids: number of ids with more than one bucket.
        missing: receipts that neither arrived nor lie in the outbox.
        found: those of them that the broker still has; None when it could not be asked.
    """

    account: Account
    arrivals: Arrivals
    highest: int
    split_ids: int
    missing: Sequence[Range]
    found: Sequence[Range] | None


def count_source(name: str, known: Evidence) -> SourceReport:
    """Return the report of a source."""
    days = _days(known.account, known.arrivals)
    loss, lost = _loss(known)
    return SourceReport(
        name=name,
        days=days,
        problems=tuple(_problems(known, days)),
        in_flight=size(known.arrivals.missing),
        loss=loss,
        lost=tuple(lost),
    )


def _loss(known: Evidence) -> tuple[Loss, list[Range]]:
    if not known.missing:
        return Loss.NONE, []
    if known.found is None:
        return Loss.UNPROVEN, []
    lost = without(known.missing, known.found)
    return (Loss.LOST if lost else Loss.NONE), lost


def _days(account: Account, arrivals: Arrivals) -> tuple[DayLine, ...]:
    issued = [(day, counts.issued) for day, counts in sorted(account.days.items())]
    undated = Counter(day_of(receipt, issued) for receipt in arrivals.undated)
    lines = []
    for day in sorted(account.days.keys() | arrivals.days.keys() | undated.keys()):
        counts, there = account.days.get(day), arrivals.days.get(day, Arrived())
        received, duplicate = (counts.received, counts.duplicate) if counts else (0, 0)
        lines.append(
            DayLine(
                day=day,
                received=received,
                stored=there.stored,
                superseded=there.superseded,
                duplicate=duplicate,
                rejected=there.rejected + undated[day],
                in_flight=received - duplicate - there.receipts - undated[day],
            )
        )
    return tuple(lines)


def _problems(known: Evidence, days: Sequence[DayLine]) -> list[str]:
    account, arrivals, problems = known.account, known.arrivals, []
    issued = sum(day.issued for day in account.days.values())
    if issued != account.issued:
        problems.append(
            f"the outbox gave out {account.issued:,} receipts, and its counters say {issued:,}"
        )
    if known.highest > account.issued:
        problems.append(
            f"the warehouse holds receipts up to {known.highest:,}, "
            f"and ingest gave out {account.issued:,}"
        )
    # Fewer are no sign: what arrives between two readings is in the later one alone.
    if arrivals.counted > arrivals.distinct:
        problems.append(
            f"{arrivals.distinct:,} receipts arrived, and count as {arrivals.counted:,}: "
            "some stand for two events"
        )
    if known.split_ids:
        problems.append(f"{known.split_ids:,} events have two buckets, and count twice")
    problems += [
        f"{day.day}: {-day.in_flight:,} more arrived than were given out"
        for day in days
        if day.in_flight < 0
    ]
    return problems
