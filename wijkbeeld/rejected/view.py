"""Rejects as tables that fit 80 columns, and as JSON. No value of a record is in either."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.clock import to_local
from ingest.outbox.rejects import Pause
from warehouse.rejects import Reject, RejectGroup
from wijkbeeld.rejected.replaying import Outcome, Result


def print_groups(groups: Sequence[RejectGroup], console: Console) -> None:
    """Print how many rejects there are of each cause."""
    if not groups:
        console.print("no rejects")
        return
    table = _table("source", "reason", "field", "code")
    for name in ("n", "kept"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("last", no_wrap=True)
    for group in groups:
        table.add_row(
            *(escape(text) for text in (group.source, group.reason, group.field, group.code)),
            f"{group.n:,}",
            f"{group.kept:,}",
            _moment(group.last_at),
        )
    console.print(table)
    if len(groups) > 1:
        total, kept = sum(group.n for group in groups), sum(group.kept for group in groups)
        console.print(f"{total:,} rejects, of {kept:,} of which a record is kept")


def print_rows(rejects: Sequence[Reject], console: Console) -> None:
    """Print single rejects."""
    table = _table("source")
    table.add_column("receipt", justify="right", no_wrap=True)
    table.add_column("received", no_wrap=True)
    for name in ("reason", "field", "code"):
        table.add_column(name, overflow="fold")
    table.add_column("kept", justify="right", no_wrap=True)
    for reject in rejects:
        table.add_row(
            escape(reject.source),
            str(reject.receipt),
            _moment(reject.received_at),
            *(escape(text) for text in (reject.reason, reject.field, reject.code)),
            f"{reject.kept:,}" if reject.kept else "-",
        )
    console.print(table)


def print_pauses(pauses: Iterable[tuple[str, Pause]], console: Console) -> None:
    """Print which sources are paused, and what to do."""
    for source, pause in pauses:
        console.print(
            f"[yellow]{escape(source)} is paused since {_moment(pause.at)}: {escape(str(pause))}; "
            f"go on with: wijkbeeld rejected resume {escape(source)}[/yellow]"
        )


def print_reject(reject: Reject, console: Console) -> None:
    """Print what is known of one reject beside its content."""
    for name, value in as_json(reject).items():
        shown = _moment(reject.received_at) if name == "received_at" else value
        console.print(f"{name:<11} {escape(str(shown))}", soft_wrap=True)


def print_results(results: Tally[Result], console: Console, *, dry_run: bool) -> None:
    """Print how a replay went, by outcome; a result's receipt does not matter here."""
    table = _table("source", "outcome")
    table.add_column("n", justify="right", no_wrap=True)
    for name in ("reason", "field", "code"):
        table.add_column(name, overflow="fold")
    for result, n in sorted(results.items()):
        said = "would be sent" if dry_run and result.outcome is Outcome.SENT else str(result.outcome)
        cause = (escape(text) for text in (result.reason, result.field, result.code))
        table.add_row(escape(result.source), said, f"{n:,}", *cause)
    console.print(table)


def as_json(row: NamedTuple) -> dict[str, Any]:
    """Return a row for machines; times in UTC."""
    return {name: _plain(value) for name, value in row._asdict().items()}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime | date) else value


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def _moment(at: datetime) -> str:
    """Return a time on the clock of Amsterdam, to the minute."""
    return to_local(at).strftime("%d-%m-%y %H:%M")
