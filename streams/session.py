"""One life of the streams worker: from joining the group to leaving it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from domain.errors import BrokerUnavailable, Terminal, Transient
from domain.vitals import Drained, Vitals
from streams.chunk_worker import Backoff, ChunkWorker, Partition, Process
from streams.commit_tracker import CommitTracker
from streams.intake import Intake
from streams.measuring import ChunkMeter
from streams.memory import collecting_between_chunks, keep_freed_memory
from streams.publishing import Publisher
from streams.runtime import ChunkApp, create_app
from streams.settings import RuntimeSettings

STOP_SECONDS = 4.5
"""Longest time that leaving the group may take; the drain is a part of it."""

POLL_SECONDS = 0.05

SILENT_SECONDS = 60.0
"""A consumer that asks the broker for nothing for so long, with nothing in hand, is started again."""

DEFAULT_BACKOFF = Backoff()

_log = structlog.get_logger(__name__)


class WorkerFailed(Terminal):
    """Something unexpected was raised while a chunk was worked on; the chunk is not acknowledged."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is done with chunks.

    Attributes:
        process: what the records of a chunk become; must not raise for bad input.
        connect: makes the publisher from bootstrap address and client id.
        after_chunk: called with a chunk's number of records when it is finished or given up.
        chunk_records, chunk_bytes: bounds of a chunk.
        meter: is told how chunks and the worker do.
        look: is shown, again and again, where the logs of our partitions ended when they were last
            fetched, and what is in hand. Called in the worker's event loop.
    """

    process: Process
    connect: Callable[[str, str], Publisher] = Publisher
    after_chunk: Callable[[int], None] = lambda _records: None
    chunk_records: int = 1000
    chunk_bytes: int = 512 * 1024
    meter: ChunkMeter = field(default_factory=lambda: ChunkMeter(Vitals()))
    look: Callable[[Mapping[Partition, int], CommitTracker[Partition]], None] = lambda _ends, _tracker: (
        None
    )


def serve(
    settings: RuntimeSettings,
    work: Work,
    stop: threading.Event,
    on_ready: Callable[[], None],
    backoff: Backoff = DEFAULT_BACKOFF,
) -> Drained:
    """Work until ``stop`` is set; join again, with back-off, whenever the broker goes away.

    Args:
        on_ready: called once, when the first partitions are assigned.

    Returns:
        The chunks that were left unfinished, and the partitions that were left uncommitted.

    Raises:
        Terminal: it cannot go on. Nothing unfinished was acknowledged.
    """
    attempt = 0
    left = Drained(0)
    ready = _Once(on_ready)
    keep_freed_memory()
    with collecting_between_chunks() as collect:

        def between(records: int) -> None:
            work.after_chunk(records)
            collect(records)

        while not stop.is_set():
            session = _Session(settings, work, stop, ready, between)
            work.meter.joining(attempt)
            try:
                asyncio.run(session.run())
                left = session.left
            except Transient as error:
                attempt = 1 if session.worked else attempt + 1
                left = session.left
                work.meter.joining(attempt)
                _log.warning("session_ended", error=str(error), attempt=attempt)
                stop.wait(backoff.pause(attempt))
    return left


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
        work: Work,
        stop: threading.Event,
        on_ready: Callable[[], None],
        between: Callable[[int], None],
    ) -> None:
        self._settings = settings
        self._with = work
        self._stop = stop
        self._on_ready = on_ready
        self._between = between
        self._failure: Exception | None = None
        self.worked = False
        self.left = Drained(0)

    async def run(self) -> None:
        publisher = self._with.connect(self._settings.bootstrap, self._settings.client_id)
        if not await self._unless_stopped(publisher.start()):
            return
        tracker: CommitTracker[Partition] = CommitTracker()
        intake = Intake(tracker, self._with.chunk_records, self._with.chunk_bytes)
        worker = ChunkWorker(
            self._with.process,
            publisher.publish,
            tracker,
            fail=self._note_failure,
            meter=self._with.meter,
            between=self._between,
        )
        app = create_app(self._settings, intake, worker)
        starting = asyncio.create_task(app.start())
        try:
            await self._watch(app, starting, tracker)
        finally:
            try:
                await _end(app, starting, worker, publisher)
            finally:
                self.left = app.left or intake.left()
                self._with.meter.ended()
        if self._failure is not None:
            raise self._as_terminal(self._failure) from None

    async def _unless_stopped(self, starting: Coroutine[Any, Any, None]) -> bool:
        """Wait for ``starting``; give it up and return False when told to stop before."""
        task = asyncio.create_task(starting)
        while not task.done():
            if self._stop.is_set():
                task.cancel()
            await asyncio.wait({task}, timeout=POLL_SECONDS)
        return not task.cancelled() and task.result() is None

    async def _watch(
        self, app: ChunkApp, starting: asyncio.Task[None], tracker: CommitTracker[Partition]
    ) -> None:
        while not self._stop.is_set() and self._failure is None:
            if app.crashed:
                raise BrokerUnavailable(f"consumer: {type(app.crash_reason).__name__}")
            if starting.done() and not self.worked:
                if starting.exception() is not None:
                    raise BrokerUnavailable(f"consumer: {type(starting.exception()).__name__}")
                self.worked = True
                self._with.meter.joined()
                self._on_ready()
            heard = app.intake
            self._with.meter.sample(tracker, heard.ends, heard.answered, app.commits_tried())
            self._with.look(heard.ends, tracker)
            if self.worked and app.seconds_since_fetch() > SILENT_SECONDS:
                raise BrokerUnavailable("consumer: asks for nothing any more")
            await asyncio.sleep(POLL_SECONDS)

    def _note_failure(self, error: Exception) -> None:
        if self._failure is None:
            self._failure = error
            _log.error("chunk_failed", error=type(error).__name__)

    @staticmethod
    def _as_terminal(error: Exception) -> Terminal:
        if isinstance(error, Terminal):
            return error
        return WorkerFailed(f"streams: {type(error).__name__} while working on a chunk; see the log")


async def _end(
    app: ChunkApp, starting: asyncio.Task[None], worker: ChunkWorker, publisher: Publisher
) -> None:
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
        starting.cancel()
        stopping = asyncio.create_task(publisher.stop())
        await asyncio.wait({starting, stopping}, timeout=1.0)
