"""The record of an audit in table ``audit``, which boards read."""

from __future__ import annotations

import uuid

import orjson

from warehouse.audit.ranges import size
from warehouse.audit.report import Report, SourceReport
from warehouse.client import Client

_WORDS = ("received", "stored", "superseded", "duplicate", "rejected")


def record(client: Client, report: Report) -> None:
    """Write a report: a row for the whole, with an empty source, and one per source.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
        StatementRefused: the user may only read, or the table is not there.
    """
    run = uuid.uuid4().hex
    per_source = [_source(source) for source in report.sources]
    whole: dict[str, object] = {
        word: sum(int(str(row[word])) for row in per_source) for word in (*_WORDS, "in_flight", "lost")
    }
    whole |= {
        "source": "",
        "verdict": report.verdict.value,
        "loss": report.loss.value,
        "cells_differ": sum(level.differing for level in report.levels),
        "cells_undecided": sum(level.undecided for level in report.levels),
    }
    body = b"\n".join(orjson.dumps({"run": run} | row) for row in (whole, *per_source))
    client.insert_rows("audit", body, token=run)


def _source(source: SourceReport) -> dict[str, object]:
    totals = {word: sum(getattr(day, word) for day in source.days) for word in _WORDS}
    return totals | {
        "source": source.name,
        "verdict": source.verdict.value,
        "loss": source.loss.value,
        "in_flight": source.in_flight,
        "lost": size(source.lost),
        "cells_differ": 0,
        "cells_undecided": 0,
    }
