"""Asking a source for a poll or a past period: the running ingest answers, or this process does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from domain.clock import SystemClock
from domain.errors import ResourceTaken, SettingsError
from domain.topics import Lane
from ingest.feed_runner import FeedRunner, Pace
from ingest.kind import SourceSpec
from ingest.outbox.desk import ask, read_request
from ingest.outbox.requests import Request
from ingest.outbox.store import Outbox
from ingest.period_runner import PeriodRunner
from ingest.poller import Run
from ingest.protocol import Period, Source
from ingest.sources import build_source
from wijkbeeld.budgets import load_budgets
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_state import remember_sources
from wijkbeeld.settings import Settings
from wijkbeeld.sources.building import source_context

_LOOK_SECONDS = 0.2


def ask_source(
    settings: Settings,
    spec: SourceSpec,
    period: Period | None,
    patience: timedelta | None,
    tell: Callable[[Request], None] = lambda _request: None,
) -> Request:
    """Poll a source now, or read a past period of it; return how the request is then.

    Where ingest runs on the data directory, it does the work, since one alone may write to the outbox;
    otherwise this process does, and what it brings is published at the next start.

    Args:
        settings: of the data directory and the municipality.
        spec: the source.
        period: what is asked for; None for one poll now.
        patience: how long a running ingest is waited for; None without end.
        tell: is told of the request now and then.

    Raises:
        SettingsError: the source cannot be asked for this.
        Transient, OutboxFailed: the outbox cannot be worked on.
    """
    data_dir = DataDir(settings.data_dir)
    municipality = load_municipality(settings.gemeente)
    data_dir.prepare()
    context = source_context(settings, municipality)
    source = build_source(spec, context)
    _require_answer(source, period)
    budgets = load_budgets(settings.gemeente)
    clock = SystemClock()
    try:
        outbox = Outbox(data_dir.outbox, context.keyed, municipality.slug, patience=0.0, budgets=budgets)
    except ResourceTaken:
        number = ask(data_dir.outbox, spec.name, period, clock.now())
        return _wait_for(lambda: read_request(data_dir.outbox, number), patience, tell)
    try:
        remember_sources(data_dir, [spec.name])
        outbox.register([source])
        number = ask(data_dir.outbox, spec.name, period, clock.now())
        runner = _runner(source, outbox, period)
        return _work(runner, lambda: read_request(data_dir.outbox, number), tell)
    finally:
        outbox.close()


def _require_answer(source: Source, period: Period | None) -> None:
    live = any(feed.lane is Lane.LIVE for feed in source.feeds)
    if period is not None and source.backfill is None:
        raise SettingsError(f"source '{source.name}': cannot be asked for a past period")
    if period is None and not live:
        raise SettingsError(f"source '{source.name}': has no live feed to poll")


def _runner(source: Source, outbox: Outbox, period: Period | None) -> Run:
    clock, ending, pace = SystemClock(), threading.Event(), Pace()
    if period is not None:
        return PeriodRunner(source, outbox, clock, ending, pace)
    feed = next(feed for feed in source.feeds if feed.lane is Lane.LIVE)
    return FeedRunner(source, feed, outbox, clock, ending, threading.Event(), pace)


def _work(runner: Run, look: Callable[[], Request], tell: Callable[[Request], None]) -> Request:
    while (request := look()).ended_at is None:
        tell(request)
        wait = runner.run() or timedelta(0)
        if wait and look().ended_at is None:
            time.sleep(wait.total_seconds())
    return request


def _wait_for(
    look: Callable[[], Request], patience: timedelta | None, tell: Callable[[Request], None]
) -> Request:
    deadline = None if patience is None else time.monotonic() + patience.total_seconds()
    while (request := look()).ended_at is None and (deadline is None or time.monotonic() < deadline):
        tell(request)
        time.sleep(_LOOK_SECONDS)
    return request
