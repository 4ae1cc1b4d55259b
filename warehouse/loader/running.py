"""The loader as a process: sessions one after another until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from domain.errors import Transient
from domain.topics import ACKS
from domain.vitals import Drained, Outside, Vitals
from warehouse.client import Client, connect
from warehouse.loader.config import LoaderConfig
from warehouse.loader.kafka import Broker
from warehouse.loader.loading import Loading
from warehouse.loader.measuring import LoadMeter
from warehouse.loader.storing import FIRST_WAIT, LONGEST_WAIT, Hook, Store, no_hook, targets

_ROWS_BETWEEN_COLLECTIONS = 1_000_000
_SECONDS_BETWEEN_COLLECTIONS = 10.0


def run(
    config: LoaderConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    hook: Hook = no_hook,
    vitals: Vitals | None = None,
) -> None:
    """Load ``events``, ``events.backfill``, ``figures`` and ``rejected`` into ClickHouse until ``stop``.

    A batch goes to the tables, then its marks to ``dirty``, then its acknowledgements to ``acks``, then
    its offsets are committed. An absent broker or ClickHouse is waited for.

    Args:
        config: where to read and write.
        stop: ends it, after at most 5 s.
        on_ready: called once, when the group has been joined and ClickHouse answers.
        hook: called between the steps of a batch.
        vitals: is told how the loader does.

    Raises:
        Terminal: a statement, a user or the schema is at fault.
    """
    vitals = vitals or Vitals()
    meter = LoadMeter(vitals)
    client = _connected(config, stop, meter)
    left = Drained(0)
    if client is not None:
        try:
            with _collecting_between_batches() as between:
                left = asyncio.run(
                    _sessions(config, client, stop, _once(on_ready), hook, between, meter)
                )
        finally:
            client.close()
    vitals.drained(left)


def _connected(config: LoaderConfig, stop: threading.Event, meter: LoadMeter) -> Client | None:
    log, wait, attempt = structlog.get_logger(__name__), FIRST_WAIT, 0
    while not stop.is_set():
        attempt += 1
        meter.joining(attempt, Outside.WAREHOUSE)
        try:
            return connect(
                config.url,
                config.user,
                config.password,
                clustered=config.clustered,
                name=config.client_id,
            )
        except Transient as error:
            log.warning("warehouse_away", error=str(error), wait=wait)
            stop.wait(wait)
            wait = min(2 * wait, LONGEST_WAIT)
    return None


async def _sessions(
    config: LoaderConfig,
    client: Client,
    stop: threading.Event,
    on_ready: Callable[[], None],
    hook: Hook,
    between: Callable[[int], None],
    meter: LoadMeter,
) -> Drained:
    by_topic = targets(config.first_geo_v)
    store = Store(client, by_topic, config.limits, hook, meter)
    log, wait, attempt = structlog.get_logger(__name__), FIRST_WAIT, 0
    left = Drained(0)

    def on_assigned() -> None:
        meter.joined()
        on_ready()

    while not stop.is_set():
        attempt += 1
        meter.joining(attempt)
        loading = Loading(store, tuple(by_topic), config.limits, hook, between, meter)
        broker = Broker(
            config.bootstrap,
            config.group,
            session_timeout_ms=config.session_timeout_ms,
            heartbeat_ms=config.heartbeat_ms,
            client_id=config.client_id,
            on_revoked=loading.revoked,
            on_assigned=on_assigned,
        )
        began = time.monotonic()
        try:
            session = _session(broker, loading, tuple(by_topic), stop, config.drain)
            await _until_stopped(stop, session, grace=config.drain + 0.5)
        except Transient as error:
            if time.monotonic() - began > LONGEST_WAIT:
                wait = FIRST_WAIT
            log.warning("broker_away", error=str(error), wait=wait)
            await _until_stopped(stop, asyncio.sleep(wait), grace=0.0)
            wait = min(2 * wait, LONGEST_WAIT)
        left = loading.left
    return left


async def _session(
    broker: Broker, loading: Loading, topics: tuple[str, ...], stop: threading.Event, drain: float
) -> None:
    async with broker:
        await broker.subscribe(topics, (ACKS,), stop)
        await loading.run(broker, stop, drain)


async def _until_stopped(stop: threading.Event, work: Coroutine[Any, Any, None], grace: float) -> None:
    """Await ``work``; once ``stop`` is set, for at most ``grace`` seconds more."""
    task = asyncio.create_task(work)
    while not task.done() and not stop.is_set():
        await asyncio.wait({task}, timeout=0.1)
    if not task.done():
        await asyncio.wait({task}, timeout=grace)
    if not task.done():
        task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        structlog.get_logger(__name__).debug("work_cut_short")


def _once(call: Callable[[], None]) -> Callable[[], None]:
    waiting = [call]

    def first() -> None:
        if waiting:
            waiting.pop()()

    return first


@contextmanager
def _collecting_between_batches() -> Iterator[Callable[[int], None]]:
    """Keep the cyclic garbage collector out of the batches: it costs a third of the loader's time there.

    Yields a function to be called between batches with the rows of the last one.
    """
    rows_since, last = 0, time.monotonic()

    def between(rows: int) -> None:
        nonlocal rows_since, last
        rows_since += rows
        if (
            rows_since >= _ROWS_BETWEEN_COLLECTIONS
            or time.monotonic() - last > _SECONDS_BETWEEN_COLLECTIONS
        ):
            gc.collect()
            rows_since, last = 0, time.monotonic()

    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield between
    finally:
        gc.enable()
        gc.unfreeze()
