"""An audit's report for people and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from warehouse.audit import DayLine, LevelVerdict, Loss, Range, Report, SourceReport, Verdict, size

NUMBERS = ("received", "stored", "superseded", "duplicate", "rejected", "in_flight")
DAYS_SHOWN = 14
CELLS_SHOWN = 5
RANGES_SHOWN = 5

_STYLES = {
    Verdict.CLEAN: "green",
    Verdict.DIFFERS: "bold red",
    Verdict.UNSETTLED: "yellow",
    Verdict.EMPTY: "yellow",
}
_SENTENCES = {
    Verdict.CLEAN: "clean: counts come out, nothing is lost, cells agree with the events",
    Verdict.DIFFERS: "differs: see above",
    Verdict.UNSETTLED: "not settled: nothing wrong was found, not all could be looked at",
    Verdict.EMPTY: "empty: no source gave out a receipt yet, there is nothing to audit",
}


def verdict_line(report: Report) -> str:
    """Return the verdict in one sentence."""
    return _SENTENCES[report.verdict]


def print_report(report: Report, console: Console) -> None:
    """Print a report: the count per source and day, then a line per question, then the verdict."""
    if report.sources:
        console.print(_counts(report.sources))
    lines = (*_count_lines(report), *_loss_lines(report), *_cell_lines(report))
    for line in lines:
        console.print(line, markup=False)
    if report.ahead:
        console.print(
            f"fence      not passed in time: {report.ahead} (wait longer with --wait)", markup=False
        )
    console.print(f"verdict    {verdict_line(report)}", style=_STYLES[report.verdict], markup=False)


def _counts(sources: Iterable[SourceReport]) -> Table:
    table = Table("source", "day", box=None, padding=(0, 1, 0, 0), pad_edge=False)
    for word in NUMBERS:
        table.add_column(word.replace("_", " "), justify="right")
    for source in sources:
        earlier, shown = source.days[:-DAYS_SHOWN], source.days[-DAYS_SHOWN:]
        if earlier:
            table.add_row(source.name, f"{len(earlier)} earlier", *_numbers(earlier))
        for day in shown:
            table.add_row(source.name, day.day.isoformat(), *_numbers([day]))
        if len(source.days) > 1:
            table.add_row(source.name, "all", *_numbers(source.days))
    return table


def _numbers(days: Sequence[DayLine]) -> list[str]:
    return [_short(sum(getattr(day, word) for day in days)) for word in NUMBERS]


def _short(number: int) -> str:
    # So that a line fits 80 columns up to a thousand million.
    return f"{number:,}" if number < 10_000_000 else str(number)


def _count_lines(report: Report) -> Iterable[str]:
    problems = [*report.problems, *(f"{s.name}: {text}" for s in report.sources for text in s.problems)]
    yield from (f"counts     {problem}" for problem in problems)
    if report.empty:
        yield "warehouse  empty: it holds no event, no figure and no reject"
    if not problems and report.sources:
        yield "counts     come out: received is the sum of the columns after it"


def _loss_lines(report: Report) -> Iterable[str]:
    for source in report.sources:
        if source.loss is Loss.LOST:
            number = size(source.lost)
            yield f"loss       {source.name}: {number:,} receipts are nowhere: {_ranges(source.lost)}"
        elif source.loss is Loss.UNPROVEN:
            yield f"loss       {source.name}: unproven, {source.in_flight:,} in flight and Kafka unheard"
        elif source.in_flight:
            yield f"loss       {source.name}: none; {source.in_flight:,} in flight, each still kept"
        else:
            yield f"loss       {source.name}: none; all that was given out has arrived"


def _ranges(ranges: Sequence[Range]) -> str:
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:RANGES_SHOWN]]
    return ", ".join(shown) + (" ..." if len(ranges) > RANGES_SHOWN else "")


def _cell_lines(report: Report) -> Iterable[str]:
    for level in report.levels if not report.empty or report.sources else ():
        name = f"cells      {level.level}: "
        if level.faults:
            yield f"{name}{level.differing:,} differ: {_between(level)}"
            yield from (f"           {line}" for line in _named(level))
        if level.undecided:
            yield f"{name}{level.undecided:,} undecided: they still change, or wait behind the fence"
        if not level.faults and not level.undecided:
            yield f"{name}event_log, event_now and the cells agree"


def _named(level: LevelVerdict) -> Iterable[str]:
    for fault in level.faults[:CELLS_SHOWN]:
        log, now, kept = fault.log[0], fault.now[0], fault.kept[0]
        yield (
            f"{fault.cell.wijk} {fault.cell.theme} {fault.cell.period_text}:"
            f" n by log {log}, by now {now}, cell {kept}"
        )
    more = level.differing - min(len(level.faults), CELLS_SHOWN)
    if more:
        yield f"and {more:,} more"


def _between(level: LevelVerdict) -> str:
    pairs = sorted({fault.between for fault in level.faults}, reverse=True)
    return ", and ".join(f"{one} and {other} do not agree" for one, other in pairs)


def as_json(report: Report) -> dict[str, Any]:
    """Return the report ready for JSON; times as ISO 8601, UTC."""
    return {
        "at": report.at.isoformat(),
        "verdict": report.verdict.value,
        "empty": report.empty,
        "ahead": report.ahead,
        "problems": list(report.problems),
        "loss": report.loss.value,
        "sources": {source.name: _source_json(source) for source in report.sources},
        "cells": {level.level: _level_json(level) for level in report.levels},
    }


def _source_json(source: SourceReport) -> dict[str, Any]:
    return {
        "verdict": source.verdict.value,
        "problems": list(source.problems),
        "in_flight": source.in_flight,
        "loss": source.loss.value,
        "lost": [list(each) for each in source.lost],
        "days": {
            day.day.isoformat(): {word: getattr(day, word) for word in NUMBERS} for day in source.days
        },
    }


def _level_json(level: LevelVerdict) -> dict[str, Any]:
    return {
        "differing": level.differing,
        "undecided": level.undecided,
        "faults": [
            {
                "wijk": fault.cell.wijk,
                "theme": fault.cell.theme,
                level.level: fault.cell.period_text,
                "between": list(fault.between),
                "log": list(fault.log),
                "now": list(fault.now),
                "cell": list(fault.kept),
            }
            for fault in level.faults
        ],
    }
