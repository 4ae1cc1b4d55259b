"""The real ClickHouse engine as the parts meet it: it refuses, loses answers, fails in a view."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from domain.errors import WarehouseUnavailable
from tests.simulation.ledger import Ledger
from tests.simulation.stage import Stage
from warehouse.client import Client

_VIEW = "SELECT * FROM event_log"
_VIEW_THAT_FAILS = "SELECT * FROM event_log WHERE throwIf(receipt > 0) = 0"
TABLES = (
    "event_log",
    "event_now",
    "figure_log",
    "figure_now",
    "rejected",
    "cell",
    "cell_day",
    "dirty",
    "dirty_done",
    "recompute_lease",
)


def _away(what: str) -> WarehouseUnavailable:
    return WarehouseUnavailable(what, retry_after=timedelta(0))


class Engine:
    """One warehouse for many runs, emptied before each."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def empty(self) -> None:
        """Empty every table that a run fills."""
        for table in TABLES:
            self.client.execute(f"TRUNCATE TABLE IF EXISTS {table}")


class Connection:
    """The engine as one process meets it; a ``Client`` for the recompute, a ``Sink`` for the loader.

    Args:
        engine: the real one.
        stage: the process's threads, which stand still before each insert.
        dice: decides what goes wrong.
        ledger: is told what the engine has accepted.
    """

    def __init__(self, engine: Engine, stage: Stage, dice: random.Random, ledger: Ledger) -> None:
        self._client = engine.client
        self._stage = stage
        self._dice = dice
        self._ledger = ledger
        self.faults = True

    def insert_rows(self, table: str, body: bytes, token: str) -> None:
        """Insert, sometimes in vain, sometimes without saying so."""
        try:
            self._stage.pause(f"insert into {table}")
        finally:
            # A request that is on the wire when its sender dies may still be served.
            if self._stage.dead and self._dice.random() < 0.3:
                self._insert(table, body, token)
        what = self._dice.random() if self.faults else 1.0
        self._ledger.stumbles += what < 0.1
        if what < 0.04:
            raise _away("refused")
        if what < 0.055 and table == "event_log":
            self._insert_with_a_failing_view(body, token)
        self._insert(table, body, token)
        if what < 0.1:
            raise _away("answer lost")

    def _insert(self, table: str, body: bytes, token: str) -> None:
        self._client.insert_rows(table, body, token)
        self._ledger.inserted(table, body)

    def _insert_with_a_failing_view(self, body: bytes, token: str) -> None:
        self._client.execute(f"ALTER TABLE event_now_mv MODIFY QUERY {_VIEW_THAT_FAILS}")
        try:
            self._client.insert_rows("event_log", body, token)
        except WarehouseUnavailable:
            raise _away("view failed") from None
        finally:
            self._client.execute(f"ALTER TABLE event_now_mv MODIFY QUERY {_VIEW}")

    def insert_select(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run an INSERT ... SELECT, sometimes in vain, sometimes without saying so."""
        what = self._dice.random() if self.faults else 1.0
        if what < 0.03:
            raise _away("refused")
        self._client.insert_select(statement, parameters)
        if what < 0.06:
            raise _away("answer lost")

    def query(
        self, statement: str, parameters: Mapping[str, Any] | None = None
    ) -> list[tuple[Any, ...]]:
        """Return the rows of a SELECT."""
        if self.faults and self._dice.random() < 0.01:
            raise _away("refused")
        return self._client.query(statement, parameters)

    def execute(self, statement: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement."""
        self._client.execute(statement, parameters)
