"""A batch becomes durable: rows, then what they touched, then what had to be rejected.

Every step may be repeated with the same rows under the same token, so whoever dies between two of them
starts again from the first.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import orjson
import structlog

from domain.errors import Terminal, Transient
from domain.topics import EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED, Lane, lane_of
from domain.vitals import Outside, Vitals
from warehouse.client import DataRefused
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.decoding import (
    Decode,
    Message,
    Poison,
    Row,
    decode_figure,
    decode_reject,
    event_decoder,
)
from warehouse.loader.freshness import received_sample
from warehouse.loader.measuring import LoadMeter
from warehouse.loader.poison import reject
from warehouse.loader.tokens import batch_token

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0


class Step(StrEnum):
    """The steps of a batch, in their order; a hook is called after each."""

    DECODED = "decoded"
    ROWS = "rows"
    DIRTY = "dirty"
    REJECTED = "rejected"
    ACKED = "acked"
    COMMITTED = "committed"


Hook = Callable[[Step], None]


def no_hook(_step: Step) -> None:
    """Do nothing between steps."""


class Sink(Protocol):
    """Where rows go: ClickHouse."""

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        """Insert rows in JSONEachRow, all or none; a repeat under the token changes nothing."""
        ...


class Abandoned(Exception):  # noqa: N818 - not an error: somebody else has the batch now
    """The batch is no longer ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where the records of a topic go: table, decoder, and whether they touch cells."""

    table: str
    decode: Decode
    touches_cells: bool = False


def targets(first_geo_v: int) -> dict[str, Target]:
    """Return the target of each topic that is loaded, the live lane first."""
    event = Target("event_log", event_decoder(first_geo_v), touches_cells=True)
    return {
        EVENTS: event,
        REJECTED: Target("rejected", decode_reject),
        FIGURES: Target("figure_log", decode_figure),
        EVENTS_BACKFILL: event,
    }


class Store:
    """Stores batches.

    Args:
        sink: ClickHouse.
        by_topic: the target of each topic.
        limits: how many refused rows a batch may have.
        hook: called after each step.
        meter: is told what happens to the batch.
    """

    def __init__(
        self,
        sink: Sink,
        by_topic: dict[str, Target],
        limits: BatchLimits,
        hook: Hook = no_hook,
        meter: LoadMeter | None = None,
    ) -> None:
        self._sink = sink
        self._targets = by_topic
        self._limits = limits
        self._hook = hook
        self._meter = meter or LoadMeter(Vitals())
        self._log = structlog.get_logger(__name__)

    def store(self, batch: Batch, abandoned: threading.Event) -> list[Row]:
        """Store a batch; return its rows, all durable, with rejects in the place of what was refused.

        Waits as long as ClickHouse is away, with the same rows and tokens.

        Args:
            batch: what to store.
            abandoned: set when the batch is no longer ours.

        Raises:
            Abandoned: it was set before the end.
            Terminal: ClickHouse refuses the statement, or too many rows of the batch.
        """
        target = self._targets[batch.topic]
        accepted, rejects = _decoded(batch, target)
        self._check_budget(target.table, rejects)
        self._hook(Step.DECODED)
        stored: list[tuple[str, list[Row]]] = []
        for part in _by_month(accepted):
            stored += self._store_part(target, part, batch, rejects, abandoned)
        self._hook(Step.ROWS)
        if target.touches_cells:
            self._mark(batch.topic, stored, abandoned)
            self._hook(Step.DIRTY)
        for rows in _by_month(rejects):
            self._insert("rejected", rows, abandoned)
        self._hook(Step.REJECTED)
        if rejects:
            self._meter.refused(rejects)
            self._log.warning("rows_rejected", topic=batch.topic, rows=len(rejects))
        return [row for _, rows in stored for row in rows] + rejects

    def _store_part(
        self,
        target: Target,
        part: list[Row],
        batch: Batch,
        rejects: list[Row],
        abandoned: threading.Event,
    ) -> list[tuple[str, list[Row]]]:
        """Store rows of one month; halve what is refused until the rows at fault stand alone."""
        stored = []
        waiting = deque([part])
        while waiting:
            rows = waiting.popleft()
            try:
                stored.append((self._insert(target.table, rows, abandoned), rows))
            except DataRefused as refusal:
                if len(rows) == 1:
                    fault = Poison("", f"clickhouse-{refusal.code}")
                    rejects.append(reject(_message_of(rows[0], batch), fault))
                    self._check_budget(target.table, rejects)
                else:
                    middle = len(rows) // 2
                    waiting.extendleft([rows[middle:], rows[:middle]])
        return stored

    def _check_budget(self, table: str, rejects: Sequence[Row]) -> None:
        if len(rejects) > self._limits.poison:
            raise Terminal(
                f"more than {self._limits.poison} rows of one batch do not fit table {table}: streams "
                "and tables are of different versions; nothing was lost, update the older one"
            )

    def _mark(
        self, topic: str, stored: Sequence[tuple[str, list[Row]]], abandoned: threading.Event
    ) -> None:
        marks = [mark for token, rows in stored if (mark := dirty_mark(topic, token, rows))]
        if marks:
            token = batch_token(row for _, rows in stored for row in rows)
            body = b"\n".join(marks)
            self._patiently("dirty", lambda: self._sink.insert_rows("dirty", body, token), abandoned)

    def _insert(self, table: str, rows: Sequence[Row], abandoned: threading.Event) -> str:
        token = batch_token(rows)
        body = b"\n".join([row.value for row in rows])
        began = time.monotonic()
        self._patiently(table, lambda: self._sink.insert_rows(table, body, token), abandoned)
        self._meter.inserted(table, len(rows), began)
        return token

    def _patiently(self, table: str, call: Callable[[], None], abandoned: threading.Event) -> None:
        wait = FIRST_WAIT
        while not abandoned.is_set():
            self._meter.doing((table, time.monotonic()), Outside.WAREHOUSE)
            try:
                call()
            except Transient as error:
                asked = error.retry_after.total_seconds() if error.retry_after else 0.0
                self._log.warning("warehouse_away", error=str(error), wait=max(wait, asked))
                abandoned.wait(max(wait, asked))
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                if not abandoned.is_set():
                    self._meter.doing((table, "stored"))
                return
        raise Abandoned


def dirty_mark(topic: str, token: str, rows: Iterable[Row]) -> bytes | None:
    """Return the row of ``dirty`` for stored rows; None when they touch nothing."""
    rows = list(rows)
    cells = list({row.cell for row in rows if row.cell is not None})
    ids = list({row.identity for row in rows if row.identity is not None})
    if not cells and not ids:
        return None
    return orjson.dumps(
        {
            "token": token,
            "lane": lane_of(topic).value,
            "cells.wijk": [wijk for wijk, _, _ in cells],
            "cells.theme": [theme for _, theme, _ in cells],
            "cells.hour": [hour for _, _, hour in cells],
            "ids.bucket": [bucket for bucket, _, _ in ids],
            "ids.source": [source for _, source, _ in ids],
            "ids.event_id": [event_id for _, _, event_id in ids],
            "received": received_sample(rows) if lane_of(topic) is Lane.LIVE else [],
        }
    )


def _decoded(batch: Batch, target: Target) -> tuple[list[Row], list[Row]]:
    accepted: list[Row] = []
    rejects: list[Row] = []
    for message in batch.messages:
        try:
            accepted.append(target.decode(message.value))
        except Poison as fault:
            rejects.append(reject(message, fault))
    return accepted, rejects


def _message_of(row: Row, batch: Batch) -> Message:
    return next(message for message in batch.messages if message.value is row.value)


def _by_month(rows: Iterable[Row]) -> list[list[Row]]:
    # ClickHouse deduplicates per partition and refuses an insert into too many of them.
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[row.bucket[:7]].append(row)
    return [parts[month] for month in sorted(parts)]
