"""One life of the streams worker: from joining the group to leaving it."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from domain.errors import BrokerUnavailable, Terminal, Transient
from streams.chunk_worker import Backoff, ChunkWorker, Partition, Process
from streams.commit_tracker import CommitTracker
from streams.intake import Intake
from streams.publishing import Publisher
from streams.runtime import ChunkApp, RuntimeSettings, create_app

STOP_SECONDS = 4.5
"""Longest time that leaving the group may take; the drain is a part of it."""

SILENT_SECONDS = 60.0
"""A consumer that asks the broker for nothing for so long, with nothing in hand, is started again."""

GC_EVERY_RECORDS = 200_000

_log = structlog.get_logger(__name__)


class WorkerFailed(Terminal):
    """Something unexpected was raised while a chunk was worked on; the chunk is not acknowledged."""


def serve(
    settings: RuntimeSettings,
    process: Process,
    stop: threading.Event,
    on_ready: Callable[[], None],
    *,
    chunk_records: int = 1000,
    chunk_bytes: int = 512 * 1024,
    backoff: Backoff | None = None,
    after_chunk: Callable[[int], None] = lambda _records: None,
) -> None:
    """Work until ``stop`` is set; join again, with back-off, whenever the broker goes away.

    Args:
        process: what the records of a chunk become; must not raise for bad input.
        on_ready: called once, when the first partitions are assigned.
        chunk_records, chunk_bytes: bounds of a chunk.
        after_chunk: called with a chunk's number of records when it is finished or given up.

    Raises:
        Terminal: it cannot go on. Nothing unfinished was acknowledged.
    """
    attempt = 0
    backoff = backoff or Backoff()
    ready = _Once(on_ready)
    with collecting_between_chunks() as collect:

        def between(records: int) -> None:
            after_chunk(records)
            collect(records)

        while not stop.is_set():
            session = _Session(settings, process, stop, ready, between, chunk_records, chunk_bytes)
            try:
                asyncio.run(session.run())
            except Transient as error:
                attempt = 1 if session.worked else attempt + 1
                _log.warning("session_ended", error=str(error), attempt=attempt)
                stop.wait(backoff.pause(attempt))


class _Once:
    def __init__(self, call: Callable[[], None]) -> None:
        self._call: Callable[[], None] | None = call

    def __call__(self) -> None:
        call, self._call = self._call, None
        if call is not None:
            call()


class _Session:
    def __init__(
        self,
        settings: RuntimeSettings,
        process: Process,
        stop: threading.Event,
        on_ready: Callable[[], None],
        between: Callable[[int], None],
        chunk_records: int,
        chunk_bytes: int,
    ) -> None:
        self._settings = settings
        self._process = process
        self._stop = stop
        self._on_ready = on_ready
        self._between = between
        self._limits = (chunk_records, chunk_bytes)
        self._failure: Exception | None = None
        self.worked = False

    async def run(self) -> None:
        publisher = Publisher(self._settings.bootstrap, "wijkbeeld-streams")
        await publisher.start()
        tracker: CommitTracker[Partition] = CommitTracker()
        worker = ChunkWorker(
            self._process, publisher.publish, tracker, fail=self._note_failure, between=self._between
        )
        app = create_app(self._settings, Intake(tracker, *self._limits), worker)
        try:
            await self._work(app)
        finally:
            await _end(app, worker, publisher)
        if self._failure is not None:
            raise self._as_terminal(self._failure) from None

    async def _work(self, app: ChunkApp) -> None:
        starting = asyncio.create_task(app.start())
        while not self._stop.is_set() and self._failure is None:
            if starting.done() and not self.worked and not app.crashed:
                starting.result()
                self.worked = True
                self._on_ready()
            if app.crashed or (starting.done() and starting.exception()):
                reason = app.crash_reason or starting.exception()
                raise BrokerUnavailable(f"consumer: {type(reason).__name__}")
            if self.worked and app.seconds_since_fetch() > SILENT_SECONDS:
                raise BrokerUnavailable("consumer: asks for nothing any more")
            await asyncio.sleep(0.05)

    def _note_failure(self, error: Exception) -> None:
        if self._failure is None:
            self._failure = error
            _log.error("chunk_failed", error=type(error).__name__)

    @staticmethod
    def _as_terminal(error: Exception) -> Terminal:
        if isinstance(error, Terminal):
            return error
        return WorkerFailed(f"streams: {type(error).__name__} while working on a chunk; see the log")


async def _end(app: ChunkApp, worker: ChunkWorker, publisher: Publisher) -> None:
    """Leave the group; give up on what does not end in time.

    Raises:
        WorkerFailed: the consumer did not stop. Only the end of the process ends its membership.
    """
    try:
        await asyncio.wait_for(app.stop(), STOP_SECONDS)
    except TimeoutError:
        raise WorkerFailed("streams: the consumer did not stop in time") from None
    finally:
        worker.abandon()
        await asyncio.wait({asyncio.create_task(publisher.stop())}, timeout=1.0)


@contextmanager
def collecting_between_chunks() -> Iterator[Callable[[int], None]]:
    """Switch Python's cyclic collector off, and yield a function to call after every chunk.

    The function takes the number of records that were worked on and collects now and then. Chunks make
    no cycles; the collector would walk through them again and again while they are worked on.
    """
    done = 0

    def between(records: int) -> None:
        nonlocal done
        done += records
        if done >= GC_EVERY_RECORDS:
            done = 0
            gc.collect()

    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield between
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()
