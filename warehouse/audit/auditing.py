"""The audit: does the count come out, is nothing lost, do the cells agree with the events?

It changes nothing but its own record and runs beside everything else. The order of its readings is what
makes it right on a system that goes on:

1. The highest receipts of the warehouse, then the accounts of ingest: a receipt is given out before it
   arrives, so none may be higher than what ingest says.
2. A fence at the receipts given out by now. It waits until the loader is past it and the recompute has
   done the marks that then exist (``Fenced``), for as long as there is patience.
3. What still lies in the outbox, then what arrived up to the fence: a record leaves the outbox only when
   it is durable further on, so one that is in neither is lost, unless a broker that keeps its records
   still has it.
4. The cells, with a fence of their own for each look (``settling``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from warehouse.audit.buckets import read_split_ids
from warehouse.audit.counting import Evidence, count_source
from warehouse.audit.ledger import Account, Ledger, Reading
from warehouse.audit.levels import LEVELS, Level
from warehouse.audit.ranges import Range, without
from warehouse.audit.receipts import Arrivals, read_arrivals, read_highest
from warehouse.audit.report import Report
from warehouse.audit.settling import Fenced, Patience, judge
from warehouse.client import Client

_READINGS = 3
"""A repaired reject that moves from one count to another may be missed by one reading, not by three."""


def audit(
    client: Client, ledger: Ledger, patience: Patience, now: datetime, levels: Sequence[Level] = LEVELS
) -> Report:
    """Audit the warehouse against what ingest gave out.

    Args:
        client: ClickHouse; only read.
        ledger: ingest's side.
        patience: how long may be waited for what is on its way.
        now: the time of the report, UTC.
        levels: the tables of cells.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
        Transient: the outbox is busy, or the broker away.
    """
    highest = read_highest(client)
    accounts = {name: account for name, account in ledger.read().accounts.items() if account.issued > 0}
    fenced = Fenced(client, ledger, patience)
    fenced.pass_one()
    ahead = fenced.ahead
    reading, arrivals = _settled_counts(client, ledger, accounts)
    missing = {name: without(arrivals[name].missing, _waiting(reading, name)) for name in accounts}
    found = reading.find(missing) if any(missing.values()) else {}
    split = read_split_ids(client)
    sources = tuple(
        count_source(
            name,
            Evidence(
                account=accounts[name],
                arrivals=arrivals[name],
                highest=highest.get(name, 0),
                split_ids=split[name],
                missing=missing[name],
                found=None if found is None else found.get(name, ()),
            ),
        )
        for name in sorted(accounts)
    )
    return Report(
        at=now,
        sources=sources,
        levels=tuple(judge(client, level, fenced) for level in levels),
        ahead=ahead,
        empty=not highest,
        problems=_unknown(highest, accounts),
    )


def _unknown(highest: Mapping[str, int], accounts: Mapping[str, Account]) -> tuple[str, ...]:
    return tuple(
        f"{name}: the warehouse holds receipts up to {receipt:,}, and ingest gave out none"
        for name, receipt in sorted(highest.items())
        if receipt and name not in accounts
    )


def _settled_counts(
    client: Client, ledger: Ledger, accounts: Mapping[str, Account]
) -> tuple[Reading, dict[str, Arrivals]]:
    fences = {name: account.issued for name, account in accounts.items()}
    for left in reversed(range(_READINGS)):
        reading = ledger.read()
        arrivals = read_arrivals(client, fences)
        if not left or all(found.counted == found.distinct for found in arrivals.values()):
            break
    return reading, arrivals


def _waiting(reading: Reading, name: str) -> tuple[Range, ...]:
    account = reading.accounts.get(name)
    return account.waiting if account else ()
