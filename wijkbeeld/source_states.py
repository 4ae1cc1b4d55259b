"""What the heartbeat says of the sources, told to the warehouse: detectors and boards ask there."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import timedelta

import orjson

from domain.errors import Terminal, WarehouseUnavailable
from domain.rows import clickhouse_time
from ingest.heartbeat.verdict import Verdict
from warehouse.client import Client, connect
from wijkbeeld.warehouse_access import Login

_PATIENCE = timedelta(seconds=5)


class SourceStates:
    """Writes table ``source_state``, from one thread; another may close it.

    Args:
        connect: makes the client of a user who may write; called again after a failure.
    """

    def __init__(self, connect: Callable[[], Client]) -> None:
        self._connect = connect
        self._client: Client | None = None

    def tell(self, verdicts: Mapping[str, Verdict]) -> None:
        """Write a row per source.

        Raises:
            WarehouseUnavailable: they are not written; the next verdicts say all that these did. Also
                where the table is not there yet or the user may not write: no reason to stop ingest.
        """
        if not verdicts:
            return
        body = b"\n".join(orjson.dumps(_row(source, verdict)) for source, verdict in verdicts.items())
        try:
            client = self._client = self._client or self._connect()
            client.insert_rows("source_state", body, token=uuid.uuid4().hex)
        except (WarehouseUnavailable, Terminal) as error:
            self.close()
            raise WarehouseUnavailable(str(error)) from None

    def close(self) -> None:
        """Close the connection."""
        if self._client is not None:
            self._client.close()
            self._client = None


def source_states(login: Login, *, clustered: bool) -> SourceStates:
    """Return the writer for a warehouse; it connects when it is first told something."""
    return SourceStates(
        lambda: connect(
            login.url,
            login.user,
            login.password,
            timeout=_PATIENCE,
            clustered=clustered,
            name="wijkbeeld-heartbeat",
        )
    )


def _row(source: str, verdict: Verdict) -> dict[str, object]:
    until = verdict.complete_until
    return {
        "source": source,
        "at": clickhouse_time(verdict.at),
        "complete_until": None if until is None else clickhouse_time(until),
        "troubles": sorted(verdict.troubles),
        "receipt": verdict.receipt,
    }
