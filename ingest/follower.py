"""Reads a topic from its beginning, again and again: what it says may be heard twice.

No offset is committed: each connection starts at the beginning, and whoever listens must not mind. So
there is nothing to mend where a broker forgets and comes back empty.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import structlog

from domain.errors import Transient
from ingest.backoff import RECONNECT, Backoff
from ingest.ports import Reader

_POLL_SECONDS = 0.25
_POLL_RECORDS = 500


class Follower:
    """Hands the values of a topic over until it is told to stop.

    Args:
        topic: its name, for the log.
        open_reader: connects to the broker, at the beginning of the topic.
        apply: takes values; ``Transient`` from it starts over like one from the broker.
        backoff: waits between two connections.
    """

    def __init__(
        self,
        topic: str,
        open_reader: Callable[[], Reader],
        apply: Callable[[Iterable[bytes]], object],
        backoff: Backoff = RECONNECT,
    ) -> None:
        self._open_reader = open_reader
        self._apply = apply
        self._backoff = backoff
        self._log = structlog.get_logger(__name__).bind(topic=topic)

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
                    self._apply(reader.poll(_POLL_SECONDS, _POLL_RECORDS))
            except Transient as error:
                failures += 1
                wait = self._backoff.delay(failures, error.retry_after)
                self._log.warning(
                    "reading_interrupted", reason=str(error), retry_in=wait.total_seconds()
                )
                stop.wait(wait.total_seconds())
            finally:
                if reader is not None:
                    self._close(reader)

    def _close(self, reader: Reader) -> None:
        try:
            reader.close()
        except Transient as error:
            self._log.info("reader_not_closed", reason=str(error))
