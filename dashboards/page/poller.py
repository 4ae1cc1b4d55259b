"""One reader for all browsers: asks what changed, once a second, and says only that."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
import structlog

from dashboards.page.store import Mark, PanelStore, Row, as_json
from dashboards.panels.definition import AS_OF, Panel
from domain.errors import Terminal, Transient

LOAD = 10.0
"""A panel that takes t seconds to read is read at most once in ``LOAD * t`` seconds."""


@dataclass(frozen=True, slots=True)
class Update:
    """What browsers are told.

    Attributes:
        as_of: the engine's time of the last good reading, ISO 8601; None before the first.
        available: the last reading was good.
        panels: answers that changed, by panel id.
        failed: ids of panels that ClickHouse refuses; None when that did not change.
        system: what the platform knows of itself; None when that did not change.
    """

    as_of: str | None
    available: bool
    panels: Mapping[str, list[Row]] = field(default_factory=dict)
    failed: tuple[str, ...] | None = None
    system: Mapping[str, object] | None = None


@dataclass(slots=True)
class _Reading:
    """What is known of one panel: what was told, when it was read, how long that took."""

    told: bytes = b""
    mark: Mark | None = None
    at: float = float("-inf")
    took: float = 0.0
    refused: bool = False


class Poller:
    """Reads the panels in turn. Not to be used from two threads at once.

    Args:
        panels: those to read, most urgent first.
        store: where from.
        system_state: see ``PageConfig``.
        monotonic: a clock in seconds that never goes back.
    """

    def __init__(
        self,
        panels: Sequence[Panel],
        store: PanelStore,
        system_state: Callable[[], Mapping[str, object]],
        monotonic: Callable[[], float],
    ) -> None:
        self._panels = panels
        self._store = store
        self._system_state = system_state
        self._monotonic = monotonic
        self._readings = {panel.id: _Reading() for panel in panels}
        self._as_of: str | None = None
        self._available = False
        self._failed: tuple[str, ...] = ()
        self._system: bytes = b""

    def poll(self, tell: Callable[[Update], None]) -> None:
        """Read what is due; call ``tell`` for each changed panel at once, and once at the end."""
        if (system := self._new_system()) is not None:
            tell(Update(self._as_of, self._available, system=system))
        try:
            now, mark = self._store.mark()
            self._as_of = as_json(now)
            for panel in self._panels:
                self._read_if_due(panel, mark, tell)
            self._available = True
        except (Transient, Terminal) as error:
            structlog.get_logger(__name__).warning("panels_not_read", reason=type(error).__name__)
            self._available = False
        failed = tuple(name for name, reading in self._readings.items() if reading.refused)
        changed = failed != self._failed
        self._failed = failed
        tell(Update(self._as_of, self._available, failed=failed if changed else None))

    def _read_if_due(self, panel: Panel, mark: Mark, tell: Callable[[Update], None]) -> None:
        reading = self._readings[panel.id]
        started = self._monotonic()
        age = started - reading.at
        if age < LOAD * reading.took or (mark == reading.mark and age < panel.every_s):
            return
        try:
            rows = self._store.read(panel)
            reading.refused = False
        except Terminal as error:
            structlog.get_logger(__name__).warning(
                "panel_refused", panel=panel.id, reason=type(error).__name__
            )
            rows, reading.refused = None, True
        reading.at, reading.mark = started, mark
        reading.took = self._monotonic() - started
        if rows is not None and (content := _content(panel, rows)) != reading.told:
            reading.told = content
            tell(Update(self._as_of, True, {panel.id: rows}))

    def _new_system(self) -> Mapping[str, object] | None:
        """Return the platform's state if it changed. A state that cannot be had is an empty one."""
        try:
            state: Mapping[str, object] = dict(self._system_state())
            content = orjson.dumps(state, option=orjson.OPT_SORT_KEYS)
        except Exception as error:  # noqa: BLE001  the page outlives whatever its neighbour raises
            structlog.get_logger(__name__).warning("no_system_state", reason=type(error).__name__)
            state, content = {}, b"{}"
        if content == self._system:
            return None
        self._system = content
        return state


def _content(panel: Panel, rows: list[dict[str, Any]]) -> bytes:
    """Return the answer without what changes with the clock alone."""
    volatile = {column.name for column in panel.columns if column.volatile} | {AS_OF.name}
    return orjson.dumps([{k: v for k, v in row.items() if k not in volatile} for row in rows])
