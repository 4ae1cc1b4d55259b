"""The archiver as a process: writes the days that are over, and those that changed afterwards."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog

from domain.clock import Clock, SystemClock
from domain.errors import ResourceTaken, Transient
from warehouse.archive.config import ArchiveConfig
from warehouse.archive.event_log import EventLog
from warehouse.archive.filling import State, compare, fill_day, is_over
from warehouse.archive.folder import Folder
from warehouse.client import connect

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 60.0
_TO_FILL = (State.MISSING, State.BEHIND)


class Stopping(Exception):  # noqa: N818 - not an error: we were told to stop
    """The process is to end; the day in hand is left as it was."""


def run(
    config: ArchiveConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    clock: Clock | None = None,
) -> None:
    """Archive until ``stop``. An absent ClickHouse is waited for.

    Args:
        config: where and when.
        stop: ends it, after the page in hand.
        on_ready: called once, when the log has been looked at for the first time.
        clock: tells which days are over.

    Raises:
        Terminal: the archive cannot be written, or a user or the schema is at fault.
    """
    log, wait = structlog.get_logger(__name__), _FIRST_WAIT
    waiting = [on_ready]

    def looked() -> None:
        if waiting:
            waiting.pop()()

    event_log: EventLog | None = None
    while not stop.is_set():
        pause = config.interval.total_seconds()
        try:
            event_log = event_log or _connected(config, stop)
            archive_once(config, event_log, clock or SystemClock(), looked)
            wait = _FIRST_WAIT
        except Transient as error:
            log.warning("warehouse_away", error=str(error), wait=wait)
            pause, wait = wait, min(2 * wait, _LONGEST_WAIT)
        except ResourceTaken:
            log.info("archive_busy")
            looked()
        except Stopping:
            break
        stop.wait(pause)
    if event_log is not None:
        event_log.client.close()


def _connected(config: ArchiveConfig, stop: threading.Event) -> EventLog:
    client = connect(config.url, config.user, config.password, name="wijkbeeld-archive")
    return EventLog(client, between=lambda: _go_on(stop))


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Stopping


def archive_once(
    config: ArchiveConfig, event_log: EventLog, clock: Clock, looked: Callable[[], None]
) -> None:
    """Bring the days that are over up to date with the log.

    Raises:
        Stopping: from ``event_log``, in the middle of a day.
        Terminal, Transient: see ``run``.
    """
    folder = Folder(config.folder)
    log = structlog.get_logger(__name__)
    with folder.lock():
        days = compare(folder, event_log.fingerprints())
        looked()
        for day in days:
            if day.state is State.DAMAGED:
                log.warning("archive_damaged", day=day.day)
            if day.state in _TO_FILL and is_over(day.day, clock.now(), config.settle):
                facts = fill_day(folder, event_log, day.day)
                log.info("day_archived", day=day.day, rows=facts.rows)
