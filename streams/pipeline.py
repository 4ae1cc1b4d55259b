"""A chunk of raw records -> what is published: exactly one event, figure or reject per record.

Pure: the same chunk under the same tables gives the same bytes, so that a chunk may be worked on twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress

import orjson
import structlog

from domain.rejects import RejectReason
from domain.topics import FIGURES, REJECTED, events_topic, lane_of, source_of
from streams.chunk import Chunk, Outgoing
from streams.classify import Classifier
from streams.encode import RowEncoder
from streams.events import Event
from streams.locate import Locator
from streams.rejecting import Record, Rejection, reject_row
from streams.tables import PlaceTables
from streams.validate import Validator

HeaderList = list[tuple[str, bytes]]
CountRejects = Callable[[str, Iterable[RejectReason]], None]

_UNEXPECTED = Rejection(RejectReason.INVALID, "", "unexpected")

_log = structlog.get_logger(__name__)


class Pipeline:
    """validate -> locate -> classify, for chunks of any source.

    Args:
        tables: area, street and postcode tables; their version goes into every row.
        count_rejects: told the source and the reasons of records that are rejected.
    """

    def __init__(self, tables: PlaceTables, count_rejects: CountRejects | None = None) -> None:
        self._count_rejects = count_rejects
        self._validate = Validator()
        self._locate = Locator(tables)
        classify = Classifier(tables.geo_v, tables.municipality.boundary_year)
        self._encode = RowEncoder(classify, tables.geo_v)
        self._constant_headers: dict[tuple[str, str], HeaderList] = {}

    def __call__(self, chunk: Chunk) -> list[Outgoing]:
        """Return what the chunk becomes, per topic, on the chunk's own partition number.

        Never raises for what a record holds. A record at which a stage fails unexpectedly is a reject
        of its own; its neighbours are not touched by it.
        """
        try:
            return self._work(chunk)
        except Exception as error:  # noqa: BLE001  # an exception must cost one record, not a chunk
            _log.error("stage_failed", error=type(error).__name__, records=len(chunk))
        return _joined(part for single in _singles(chunk) for part in self._work_on_one(single))

    def _work_on_one(self, single: Chunk) -> list[Outgoing]:
        try:
            return self._work(single)
        except Exception:  # noqa: BLE001  # see above
            return [self._rejects(single, {0: _UNEXPECTED})]

    def _work(self, chunk: Chunk) -> list[Outgoing]:
        source = source_of(chunk.topic)
        valid = self._validate(source, chunk.values, chunk.headers)
        places = self._locate(valid.events)
        made = Outgoing(
            topic=events_topic(lane_of(chunk.topic)),
            partition=chunk.partition,
            keys=[chunk.keys[index] for index in valid.indexes],
            values=self._encode(source, valid.events, places),
            headers=[self._headers(event) for event in valid.events],
        )
        parts = _split(made, [place is None for place in places]) if None in places else [made]
        if valid.rejected:
            parts.append(self._rejects(chunk, valid.rejected))
        return [part for part in parts if part.values]

    def _rejects(self, chunk: Chunk, rejected: Mapping[int, Rejection]) -> Outgoing:
        made = _rejects(chunk, rejected)
        if self._count_rejects is not None:
            self._count_rejects(source_of(chunk.topic), (each.reason for each in rejected.values()))
        return made

    def _headers(self, event: Event) -> HeaderList:
        """Return the CloudEvents attributes as Kafka headers (binary content mode)."""
        key = (event.source, event.type)
        constant = self._constant_headers.get(key)
        if constant is None:
            constant = self._constant_headers[key] = [
                ("content-type", b"application/json"),
                ("ce_specversion", b"1.0"),
                ("ce_source", event.source.encode()),
                ("ce_type", event.type.encode()),
            ]
        return [*constant, ("ce_id", event.id.encode())]


def _split(made: Outgoing, is_figure: Sequence[bool]) -> list[Outgoing]:
    """Return the events and the figures of what was made, each for its topic."""
    return [
        Outgoing(
            topic=topic,
            partition=made.partition,
            keys=[*compress(made.keys, chosen)],
            values=[*compress(made.values, chosen)],
            headers=[*compress(made.headers, chosen)],
        )
        for topic, chosen in ((made.topic, [not figure for figure in is_figure]), (FIGURES, is_figure))
    ]


def _rejects(chunk: Chunk, rejected: Mapping[int, Rejection]) -> Outgoing:
    """Return the rows of rejected records, by their index in the chunk."""
    source = source_of(chunk.topic)
    rows = [
        reject_row(
            Record(source, chunk.values[index] or b"", chunk.headers[index], chunk.timestamps[index]),
            rejection,
        )
        for index, rejection in rejected.items()
    ]
    return Outgoing(
        topic=REJECTED,
        partition=chunk.partition,
        keys=[chunk.keys[index] for index in rejected],
        values=[orjson.dumps(row) for row in rows],
        headers=[[] for _ in rows],
    )


def _singles(chunk: Chunk) -> Iterator[Chunk]:
    """Yield every record of a chunk as a chunk of its own; their offsets do not matter any more."""
    for index in range(len(chunk)):
        one = slice(index, index + 1)
        yield Chunk(
            chunk.topic,
            chunk.partition,
            chunk.first_offset,
            chunk.last_offset,
            chunk.keys[one],
            chunk.values[one],
            chunk.headers[one],
            chunk.timestamps[one],
        )


def _joined(parts: Iterable[Outgoing]) -> list[Outgoing]:
    """Return one part per topic."""
    by_topic: dict[str, Outgoing] = {}
    for part in parts:
        first = by_topic.get(part.topic)
        by_topic[part.topic] = part if first is None else _followed_by(first, part)
    return [*by_topic.values()]


def _followed_by(first: Outgoing, second: Outgoing) -> Outgoing:
    return Outgoing(
        topic=first.topic,
        partition=first.partition,
        keys=[*first.keys, *second.keys],
        values=[*first.values, *second.values],
        headers=[*first.headers, *second.headers],
    )
