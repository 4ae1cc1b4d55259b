"""A chunk of raw records -> what is published: exactly one event, figure or reject per record.

Pure: the same chunk under the same tables gives the same bytes, so that a chunk may be worked on twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson
import structlog

from domain.rejects import RejectReason
from domain.topics import FIGURES, REJECTED, events_topic, lane_of, source_of
from streams.chunk import Chunk, Outgoing
from streams.classify import Classifier
from streams.locate import Locator
from streams.rejecting import Record, Rejection, reject_row
from streams.tables import PlaceTables
from streams.validate import Event, Validator

R = TypeVar("R")
HeaderList = list[tuple[str, bytes]]

_UNEXPECTED = Rejection(RejectReason.INVALID, "", "unexpected")

_log = structlog.get_logger(__name__)


class Pipeline:
    """validate -> locate -> classify, for chunks of any source.

    Args:
        tables: area, street and postcode tables; their version goes into every row.
    """

    def __init__(self, tables: PlaceTables) -> None:
        self._validate = Validator()
        self._locate = Locator(tables)
        self._classify = Classifier(tables.geo_v, tables.municipality.boundary_year)
        self._constant_headers: dict[tuple[str, str], HeaderList] = {}

    def __call__(self, chunk: Chunk) -> list[Outgoing]:
        """Return what the chunk becomes, per topic, on the chunk's own partition number.

        Never raises for what a record holds. A record at which a stage fails unexpectedly is a reject
        of its own; its neighbours are not touched by it.
        """
        source = source_of(chunk.topic)
        read = _one_by_one_if_needed(
            lambda values, headers: self._validate(source, values, headers), chunk.values, chunk.headers
        )
        rejected = {index: found for index, found in enumerate(read) if isinstance(found, Rejection)}
        kept = (
            [index for index in range(len(read)) if index not in rejected]
            if rejected
            else range(len(read))
        )
        events = [found for found in read if not isinstance(found, Rejection)]
        rows = _one_by_one_if_needed(
            lambda some: self._classify(source, some, self._locate(some)), events
        )
        parts = _Parts(chunk)
        events_to = events_topic(lane_of(chunk.topic))
        for index, event, row in zip(kept, events, rows, strict=True):
            if isinstance(row, Rejection):
                rejected[index] = row
            else:
                topic = FIGURES if "measure" in row else events_to
                parts.add(topic, index, orjson.dumps(row), self._headers(event))
        for index, rejection in sorted(rejected.items()):
            record = Record(
                source, chunk.values[index] or b"", chunk.headers[index], chunk.timestamps[index]
            )
            parts.add(REJECTED, index, orjson.dumps(reject_row(record, rejection)), [])
        return parts.outgoing()

    def _headers(self, event: Event) -> HeaderList:
        """Return the CloudEvents attributes as Kafka headers (binary content mode)."""
        key = (event["source"], event["type"])
        constant = self._constant_headers.get(key)
        if constant is None:
            constant = self._constant_headers[key] = [
                ("content-type", b"application/json"),
                ("ce_specversion", b"1.0"),
                ("ce_source", event["source"].encode()),
                ("ce_type", event["type"].encode()),
            ]
        return [*constant, ("ce_id", event["id"].encode())]


class _Parts:
    """Collects records by the topic that they go to."""

    def __init__(self, chunk: Chunk) -> None:
        self._chunk = chunk
        self._parts: dict[str, tuple[list[int], list[bytes], list[HeaderList]]] = {}

    def add(self, topic: str, index: int, value: bytes, headers: HeaderList) -> None:
        """Add the record that the chunk's record number ``index`` became."""
        part = self._parts.get(topic)
        if part is None:
            part = self._parts[topic] = ([], [], [])
        part[0].append(index)
        part[1].append(value)
        part[2].append(headers)

    def outgoing(self) -> list[Outgoing]:
        """Return the parts, each with the keys of the records that it comes from."""
        chunk = self._chunk
        return [
            Outgoing(
                topic=topic,
                partition=chunk.partition,
                keys=[chunk.keys[index] for index in indexes],
                values=values,
                headers=headers,
            )
            for topic, (indexes, values, headers) in self._parts.items()
        ]


def _one_by_one_if_needed(stage: Callable[..., list[R]], *columns: Sequence[Any]) -> list[R | Rejection]:
    """Return what ``stage`` makes of the columns; where it raises, of each record by itself."""
    try:
        return [*stage(*columns)]
    except Exception as error:  # noqa: BLE001  # an exception must cost one record, not a chunk
        _log.error("stage_failed", error=type(error).__name__, records=len(columns[0]))
    outcome: list[R | Rejection] = []
    for record in zip(*columns, strict=True):
        try:
            outcome.extend(stage(*([value] for value in record)))
        except Exception:  # noqa: BLE001  # see above
            outcome.append(_UNEXPECTED)
    return outcome
