"""Sources as tables that fit 80 columns, and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.clock import to_local
from ingest.durations import in_words
from ingest.outbox.requests import Request
from wijkbeeld.sources.checking import Checked
from wijkbeeld.sources.geocoder import CheckedGeocoder, ListedGeocoder
from wijkbeeld.sources.listing import ListedSource

_MANY = 12


def print_sources(sources: Iterable[ListedSource], now: datetime, console: Console) -> None:
    """Print the sources, then a line on each thing that is the matter."""
    table = Table("source", "state", "rhythm", box=None, pad_edge=False)
    for name in ("last success", "lag", "next poll", "complete until"):
        table.add_column(name.replace(" ", "\n"), justify="right", no_wrap=True)
    listed = list(sources)
    for source in listed:
        table.add_row(
            escape(source.name),
            ", ".join([source.state, *source.troubles]),
            _rhythm(source),
            _moment(source.last_success, now),
            "" if source.lag_seconds is None else in_words(timedelta(seconds=source.lag_seconds)),
            _moment(source.next_poll, now),
            _moment(source.complete_until, now) or "?",
        )
    console.print(table)
    for source in listed:
        lines = [*source.troubles.items(), *([(source.state, source.error)] if source.error else [])]
        for word, line in lines:
            console.print(f"{escape(source.name)}: {word}: {escape(line)}", soft_wrap=True)


def print_checked(checked: Checked, console: Console) -> None:
    """Print what a dry poll would bring."""
    console.print(f"{escape(checked.source)}: settings are right")
    if checked.error is not None:
        console.print(f"{escape(checked.source)}: not polled: {escape(checked.error)}", soft_wrap=True)
        return
    table = Table("would bring", "", box=None, pad_edge=False)
    table.add_column("n", justify="right")
    for word, counts in (
        ("kind", checked.kinds),
        ("theme", checked.themes),
        ("reject", checked.rejects),
        ("left out", checked.filtered),
    ):
        for name, n in _most(counts):
            table.add_row(word, escape(name), f"{n:,}")
    if checked.repeats:
        table.add_row("repeat", "", f"{checked.repeats:,}")
    if table.row_count:
        console.print(table)
    else:
        console.print(f"{escape(checked.source)}: answers, and has nothing new")
    if checked.more:
        console.print("and it has more behind this")


def print_geocoder(seen: ListedGeocoder | CheckedGeocoder | None, console: Console) -> None:
    """Print what there is to say of a geocoder that is turned on."""
    if isinstance(seen, ListedGeocoder):
        console.print(
            f"geocoder: {seen.answers:,} answers kept, {seen.found:,} of them a wijk;"
            f" {seen.waiting:,} events wait for one",
            soft_wrap=True,
        )
    elif seen is not None:
        says = "answers" if seen.error is None else f"cannot be asked: {escape(seen.error)}"
        console.print(f"geocoder: {says}", soft_wrap=True)


def print_request(request: Request, console: Console) -> None:
    """Print how a request is."""
    what = "poll" if request.period is None else "period"
    state = "done" if request.ended_at else "under way"
    if request.error:
        state = "failed" if request.ended_at else "is tried again"
    progress = "" if request.progress is None else f" ({request.progress:.0%})"
    console.print(
        f"{escape(request.source)}: {what} {state}{progress}: {request.received:,} received,"
        f" {request.duplicate:,} of them repeats, {request.rejected:,} rejected"
    )
    if request.error:
        console.print(f"{escape(request.source)}: {escape(request.error)}", soft_wrap=True)


def as_json(value: Any) -> dict[str, Any]:
    """Return a listed source or geocoder, a check or a request ready for JSON."""
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    fields.pop("cursor", None)  # a connector's own, and of no use to anybody else
    return {name: _plain(item) for name, item in fields.items()}


def _plain(item: Any) -> Any:
    if isinstance(item, datetime):
        return item.isoformat()
    if isinstance(item, BaseModel):
        return item.model_dump(mode="json")
    if isinstance(item, Mapping):
        return dict(item)
    return [_plain(part) for part in item] if isinstance(item, tuple) else item


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the largest counts, with the others as one."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = sum(n for _, n in ordered[_MANY:])
    return ordered[:_MANY] + ([("others", rest)] if rest else [])


def _rhythm(source: ListedSource) -> str:
    """Return the longest silence that is declared; else whether it is learned from its past."""
    declared = source.rhythm and source.rhythm.silent_after
    return in_words(declared) if declared else "learned" if source.learned else "?"


def _moment(moment: datetime | None, now: datetime) -> str:
    """Return a moment on the clock of Amsterdam, with its day unless that is today's."""
    if moment is None:
        return ""
    local = to_local(moment)
    return f"{local:%H:%M:%S}" if local.date() == to_local(now).date() else f"{local:%d-%m %H:%M}"
