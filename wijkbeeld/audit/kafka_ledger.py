"""Ingest's side of the audit, on a broker that keeps its records: outbox first, then the topics.

A record leaves the outbox when Kafka has it, so what is in flight lies in the outbox, or in a raw topic
at or above the offset that the streams have committed, or in a topic of the loader at or above the
loader's. The offsets are read in that order, each after the one before: a record that has left one place
by the time it is read is found in the next.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from domain.errors import BrokerUnavailable
from domain.topics import EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED, Lane, raw_topic
from ingest.accounts import count_waiting, read_issued
from ingest.log_reading import Offsets, TooMuchToRead, committed, ends, is_past, receipts_in
from warehouse.audit import Missing, Range, Reading, size, without
from warehouse.audit.ranges import merged
from wijkbeeld.audit.outbox_ledger import warehouse_accounts

LOADED = (EVENTS, EVENTS_BACKFILL, FIGURES, REJECTED)
MOST_RECORDS = 1_000_000
"""So many records are searched for what is in flight; where that is not enough, nothing is claimed."""


class KafkaLedger:
    """Reads the outbox file, and offsets and records of the broker.

    Args:
        outbox: the file.
        broker: ``host:port``; empty when it is not known, and then a loss cannot be ruled out while
            something is in flight.
        streams_group, loader_group: names of the consumer groups.
    """

    def __init__(self, outbox: Path, broker: str, *, streams_group: str, loader_group: str) -> None:
        self._outbox = outbox
        self._broker = broker
        self._streams_group = streams_group
        self._loader_group = loader_group

    def read(self) -> Reading:
        """Return the accounts now, then where the groups stand."""
        accounts = warehouse_accounts(self._outbox)
        positions = self._positions(accounts)

        def find(missing: Missing) -> Missing | None:
            return None if positions is None else self._search(missing, positions)

        return Reading(accounts, find)

    def fence(self) -> KafkaFence:
        """Return a fence at the last receipts."""
        issued = read_issued(self._outbox)
        return KafkaFence(self._outbox, issued, self._broker, self._streams_group, self._loader_group)

    def _positions(self, sources: Iterable[str]) -> Offsets | None:
        if not self._broker:
            return None
        try:
            streams = committed(self._broker, self._streams_group, raw_topics(sources))
            return streams | committed(self._broker, self._loader_group, LOADED)
        except BrokerUnavailable:
            return None

    def _search(self, missing: Missing, positions: Offsets) -> Missing | None:
        wanted = {source: list(ranges) for source, ranges in missing.items() if ranges}
        found: dict[str, list[Range]] = {source: [] for source in wanted}
        left = sum(size(ranges) for ranges in wanted.values())
        try:
            for source, receipt in receipts_in(self._broker, positions, MOST_RECORDS):
                if source in wanted and _holds(wanted[source], receipt):
                    found[source].append((receipt, receipt))
                    left -= 1
                    if left <= 0 and not _left(wanted, found):
                        break
        except (BrokerUnavailable, TooMuchToRead):
            return None
        return {source: merged(ranges) for source, ranges in found.items()}


@dataclass(slots=True)
class KafkaFence:
    """The receipts ``issued`` of each source, and all before them, on their way through the topics."""

    outbox: Path
    issued: Mapping[str, int]
    broker: str
    streams_group: str
    loader_group: str
    _raw_ends: Offsets = field(default_factory=dict)
    _loaded_ends: Offsets = field(default_factory=dict)
    _stage: str = "records in the outbox"

    def passed(self) -> bool:
        """Tell whether the loader has committed all that came of them.

        Raises:
            BrokerUnavailable: the broker is away.
        """
        if not self.broker:
            self._stage = "the broker is not known: set WIJKBEELD_BROKER"
            return False
        if count_waiting(self.outbox, self.issued):
            return False
        raw = raw_topics(self.issued)
        # Ends that are read once all has been published cover all of it.
        self._raw_ends = self._raw_ends or ends(self.broker, raw)
        self._stage = "records before the streams"
        if not is_past(committed(self.broker, self.streams_group, raw), self._raw_ends):
            return False
        self._loaded_ends = self._loaded_ends or ends(self.broker, LOADED)
        self._stage = "records before the loader"
        return is_past(committed(self.broker, self.loader_group, LOADED), self._loaded_ends)

    def ahead(self) -> str:
        """Return where they are."""
        return self._stage


def raw_topics(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the raw topics of these sources."""
    return tuple(raw_topic(source, lane) for source in sources for lane in Lane)


def _holds(ranges: Iterable[Range], receipt: int) -> bool:
    return any(first <= receipt <= last for first, last in ranges)


def _left(wanted: Missing, found: Missing) -> bool:
    return any(without(ranges, found[source]) for source, ranges in wanted.items())
