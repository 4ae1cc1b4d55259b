"""``wijkbeeld status`` for people."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from domain.places import MatchLevel
from ingest.outbox.feeds import FeedState
from ingest.outbox.rejects import BY_HAND
from wijkbeeld.status import WORDS

STATE_STYLE = {"running": "green", "starting": "yellow", "restarting": "yellow", "stopped": "red"}
MOST_REASONS = 3
READY_TEXT = {True: "yes", False: "[yellow]no[/]", None: ""}


def print_status(report: dict[str, Any], console: Console) -> None:
    """Print a report of ``collect_status`` as tables."""
    console.print(f"page       {report['urls'].get('page', '')}")
    console.print(f"clickhouse {report['urls'].get('clickhouse', '')}  (user and password: access.json)")
    if "warehouse" in report:
        console.print(f"[yellow]no counts now: {report['warehouse']}[/yellow]")
    console.print(_parts(report["parts"]))
    if report["rolls"]:
        console.print(f"broker rolled {report['rolls']} times to stay within its memory")
    for line in _troubles(report["parts"]):
        console.print(line)
    console.print(_counts(report))
    console.print(_feeds(report["sources"]))
    for name, source in report["sources"].items():
        if source.get("paused"):
            console.print(_paused(name, source["paused"]), soft_wrap=True)
        console.print(_lag(name, source))
        for line in _heartbeat(name, source):
            console.print(line, soft_wrap=True)
        for line in _placed(name, source):
            console.print(line)
    if report["lag"] is not None:
        lag = report["lag"]
        behind = f"{lag['dirty_batches']} batches, the oldest {lag['oldest_seconds']:.1f} s ago"
        console.print(
            f"cells      {'up to date' if not lag['dirty_batches'] else 'behind by ' + behind}"
        )


def _parts(parts: dict[str, dict[str, Any]]) -> Table:
    table = Table("part", "state", "ready", box=None, pad_edge=False)
    table.add_column("lag", justify="right")
    for column in ("pid", "restarts", "since"):
        table.add_column(column)
    for name, part in parts.items():
        style = STATE_STYLE.get(part["state"], "")
        state = part["state"] + (f" ({escape(part['message'])})" if part["message"] else "")
        table.add_row(
            name,
            f"[{style}]{state}[/]" if style else state,
            READY_TEXT[part.get("ready")],
            "" if part.get("lag_records") is None else _text(part["lag_records"]),
            str(part["pid"] or ""),
            _text(part["restarts"]),
            part["since"].replace("+00:00", "Z"),
        )
    return table


def _troubles(parts: dict[str, dict[str, Any]]) -> list[str]:
    """Return a line for each of the first reasons why a part that runs is not ready."""
    lines = []
    for name, part in parts.items():
        reasons = part.get("reasons", ())
        lines += [f"[yellow]{name}: {escape(reason)}[/]" for reason in reasons[:MOST_REASONS]]
        if len(reasons) > MOST_REASONS:
            lines.append(f"[yellow]{name}: and {len(reasons) - MOST_REASONS} more like these[/]")
    return lines


def _counts(report: dict[str, Any]) -> Table:
    table = Table("source", box=None, pad_edge=False)
    for word in WORDS:
        table.add_column(word.replace("_", " "), justify="right")
    for name, source in report["sources"].items():
        table.add_row(name, *(_text(source[word]) for word in WORDS))
    if len(report["sources"]) > 1:
        table.add_row("all", *(_text(report["totals"][word]) for word in WORDS))
    return table


def _feeds(sources: dict[str, dict[str, Any]]) -> Table:
    table = Table("source", "lane", "state", "read", box=None, pad_edge=False)
    for name, source in sources.items():
        for lane, feed in source["feeds"].items():
            done = "" if feed["progress"] is None else f"{feed['progress']:.0%}"
            # The reason of a pause belongs to the source and has a line of its own.
            told = feed["state"] if feed["state"] == FeedState.PAUSED else feed["error"] or feed["state"]
            table.add_row(name, lane, escape(told), done)
    return table


def _heartbeat(name: str, source: dict[str, Any]) -> list[str]:
    troubles = (source.get("heartbeat") or {}).get("troubles", {})
    return [f"[yellow]{name}: {trouble}: {escape(line)}[/]" for trouble, line in troubles.items()]


def _paused(name: str, pause: dict[str, Any]) -> str:
    if pause.get("reason") == BY_HAND:
        return f"[red]{name}: paused by hand[/red]\n  go on with: wijkbeeld sources resume {name}"
    return (
        f"[red]{name}: paused, {escape(pause['text'])}[/red]"
        f"\n  look with: wijkbeeld rejected list --source {name}"
        f"\n  go on with: wijkbeeld rejected resume {name}"
    )


def _lag(name: str, source: dict[str, Any]) -> str:
    age = source.get("fresh_seconds")
    newest = "nothing stored yet" if age is None else f"newest receipt {age:.0f} s ago"
    return f"{name}: {newest}, {_text(source['unpublished'])} to publish"


def _placed(name: str, source: dict[str, Any]) -> list[str]:
    lines = []
    # A withheld theme has no wijk on purpose: neither placed nor unplaced.
    levels = {k: n for k, n in (source.get("by_match_level") or {}).items() if k != MatchLevel.WITHHELD}
    if levels:
        total = sum(levels.values())
        placed = total - source["unplaced"]
        how = ", ".join(f"{level} {n}" for level, n in sorted(levels.items(), key=lambda item: -item[1]))
        lines.append(f"{name}: {placed} of {total} placed in a wijk ({placed / total:.0%}): {how}")
    if source["filtered"]:
        dropped = ", ".join(
            f"{reason.removeprefix('filtered_')} {n}" for reason, n in source["filtered"].items()
        )
        lines.append(f"{name}: dropped before a receipt: {dropped}")
    return lines


def _text(value: object) -> str:
    return "?" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
