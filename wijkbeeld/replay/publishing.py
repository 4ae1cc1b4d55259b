"""Where a replay publishes."""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Self

from domain.errors import BrokerUnavailable
from domain.topics import EVENTS_BACKFILL
from streams.chunk import Outgoing
from streams.publishing import Publisher
from warehouse.replay.records import ByPartition

CALL_SECONDS = 60.0


class BackfillPublisher:
    """The publisher of streams, for the backfill lane and for callers without an event loop.

    Args:
        bootstrap: ``host:port``.
    """

    def __init__(self, bootstrap: str) -> None:
        self._publisher = Publisher(bootstrap, "wijkbeeld-replay")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="publisher", daemon=True)

    def __call__(self, records: ByPartition) -> dict[int, int]:
        """Publish; return by partition the offset after the last record.

        Raises:
            BrokerUnavailable: the broker has not stored all of it, as far as is known.
            SettingsError: it refuses these records for good.
        """
        outgoing = [
            Outgoing(EVENTS_BACKFILL, partition, part.keys, part.values, part.headers)
            for partition, part in records.items()
        ]
        call = asyncio.run_coroutine_threadsafe(self._publisher.publish_at(outgoing), self._loop)
        try:
            ends = call.result(CALL_SECONDS)
        except TimeoutError:
            call.cancel()
            raise BrokerUnavailable("publisher: no answer from the broker") from None
        return {partition: end for (_, partition), end in ends.items()}

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        stopping = asyncio.run_coroutine_threadsafe(self._publisher.stop(), self._loop)
        try:
            stopping.result(5.0)
        except TimeoutError:
            stopping.cancel()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5.0)
        if not self._thread.is_alive():
            self._loop.close()
