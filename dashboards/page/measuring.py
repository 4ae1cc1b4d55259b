"""What the page tells of itself: its readings, and who listens."""

from __future__ import annotations

from dashboards.page.hub import Hub
from domain.metrics import PAGE_LISTENERS, PAGE_READ_SECONDS, PAGE_UNANSWERED
from domain.vitals import Outside, Vitals


class PageMeter:
    """Tells how the page does.

    Args:
        vitals: who is told.
        hub: what browsers are shown.
    """

    def __init__(self, vitals: Vitals, hub: Hub) -> None:
        self._recorder = vitals.recorder
        self._loop = vitals.progress.loop("panels")
        self._hub = hub
        self._readings = 0

    def reading(self) -> None:
        """Note that a reading begins; one that follows an unanswered one is a try at the same."""
        self._readings += 1
        self._loop.at("reading", self._readings, Outside.WAREHOUSE)

    def read(self, seconds: float) -> None:
        """Measure a reading that took so long."""
        self._recorder.observe(PAGE_READ_SECONDS, (seconds,))
        self._recorder.set(PAGE_LISTENERS, self._hub.listeners)
        if self._hub.available:
            self._loop.idle()
        else:
            self._recorder.count(PAGE_UNANSWERED)
