"""What is durable in the warehouse leaves the outbox: follows topic ``acks``.

A broker that forgets is the reason to keep records until then. A lost ack costs a republish, no more,
so no offset is committed: each start reads the topic from its beginning and finds most of it trimmed.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable

import structlog
from pydantic import TypeAdapter

from domain.errors import Transient
from domain.rows import AckRow
from domain.vitals import Vitals
from ingest.backoff import RECONNECT, Backoff
from ingest.measuring import tell_trimmed
from ingest.outbox.store import Outbox
from ingest.outbox.trimming import Range
from ingest.ports import Reader

_ACK = TypeAdapter(AckRow)
_POLL_SECONDS = 0.25
_POLL_RECORDS = 500


class AckFollower:
    """Trims the outbox by acks until it is told to stop.

    Args:
        outbox: that is trimmed.
        open_reader: connects to the broker, at the beginning of topic ``acks``.
        backoff: waits between two connections.
        vitals: is told how many records leave the outbox.
    """

    def __init__(
        self,
        outbox: Outbox,
        open_reader: Callable[[], Reader],
        backoff: Backoff = RECONNECT,
        vitals: Vitals | None = None,
    ) -> None:
        self._outbox = outbox
        self._open_reader = open_reader
        self._backoff = backoff
        self._vitals = vitals or Vitals()
        self._log = structlog.get_logger(__name__)

    def run(self, stop: threading.Event) -> None:
        """Follow the topic until ``stop``.

        Raises:
            SettingsError: the broker does not let us in.
            OutboxFailed: the outbox is damaged.
        """
        failures = 0
        while not stop.is_set():
            reader = None
            try:
                reader = self._open_reader()
                failures = 0
                while not stop.is_set():
                    trimmed = self.apply(reader.poll(_POLL_SECONDS, _POLL_RECORDS))
                    tell_trimmed(self._vitals, trimmed)
            except Transient as error:
                failures += 1
                wait = self._backoff.delay(failures, error.retry_after)
                self._log.warning("acks_interrupted", reason=str(error), retry_in=wait.total_seconds())
                stop.wait(wait.total_seconds())
            finally:
                if reader is not None:
                    self._close(reader)

    def apply(self, values: Iterable[bytes]) -> int:
        """Trim by the values of some acks; return how many records left the outbox."""
        ranges: dict[str, list[Range]] = defaultdict(list)
        unreadable = 0
        for value in values:
            try:
                ack = _ACK.validate_json(value)
                ranges[ack["source"]] += [(first, last) for first, last in ack["ranges"]]
            except ValueError:
                # Also pydantic's: without it the records stay and are published again, which is safe.
                unreadable += 1
        if unreadable:
            self._log.warning("acks_unreadable", count=unreadable)
        return sum(self._outbox.trim(source, covered) for source, covered in ranges.items())

    def _close(self, reader: Reader) -> None:
        try:
            reader.close()
        except Transient as error:
            self._log.info("acks_close", reason=str(error))
