"""How old events are when they are stored: a few of each batch, so that the rate does not matter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from warehouse.loader.decoding import Row

MOST_OF_A_BATCH = 32


class Sampled(NamedTuple):
    """Source and times (aware, UTC) of one stored event."""

    source: str
    received_at: datetime
    occurred_at: datetime


def sample(rows: Sequence[Row]) -> list[Sampled]:
    """Return source and times of some events among ``rows``, evenly spread, the first among them."""
    return [
        Sampled(row["source"], _moment(row["received_at"]), _moment(row["occurred_at"]))
        for row in _some(rows)
        if "occurred_at" in row
    ]


def received_sample(rows: Sequence[Row]) -> list[str]:
    """Return when some events among ``rows`` were received, as the rows write it."""
    return [str(row["received_at"]) for row in _some(rows) if "occurred_at" in row]


def by_source(sampled: Sequence[Sampled]) -> Mapping[str, list[Sampled]]:
    """Return the sampled events of each source."""
    found: dict[str, list[Sampled]] = defaultdict(list)
    for event in sampled:
        found[event.source].append(event)
    return found


def _some(rows: Sequence[Row]) -> Iterator[dict[str, str]]:
    step = -(-len(rows) // MOST_OF_A_BATCH) or 1
    return (orjson.loads(row.value) for row in rows[::step])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
