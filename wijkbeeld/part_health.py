"""What a part gets to tell how it does, and who listens: the watchdog, the endpoint, the supervisor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from domain.vitals import Drained, Vitals
from wijkbeeld.health.endpoint import serving
from wijkbeeld.health.monitor import Monitor
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import Limits
from wijkbeeld.settings import Settings
from wijkbeeld.supervisor.lifeline import Reporter


@contextmanager
def watched(
    part: str, settings: Settings, reporter: Reporter
) -> Iterator[tuple[Callable[[], None], Vitals]]:
    """Watch a part while in the block; yields what it is to call when it is ready, and its vitals.

    Raises:
        ResourceTaken: the port for health checks is taken.
    """
    log = structlog.get_logger(__name__)
    recorder, progress = PrometheusRecorder(), WatchedProgress()
    limits = Limits(
        settings.stale_seconds, settings.fresh_seconds, settings.stall_seconds, settings.wait_seconds
    )
    monitor = Monitor(part, recorder, progress, limits)

    def on_ready() -> None:
        monitor.started()
        reporter.ready()

    def on_drained(drained: Drained) -> None:
        log.info(
            "drained",
            in_flight=drained.in_flight,
            uncommitted_partitions=drained.uncommitted,
            clean=drained.is_clean,
        )
        reporter.drained(drained)

    with serving(monitor, settings.health_host, settings.health_port) as url:
        log.info("health_endpoint", url=url)
        reporter.health(url)
        monitor.watch()
        try:
            yield on_ready, Vitals(recorder, progress, on_drained)
        finally:
            monitor.finish()
