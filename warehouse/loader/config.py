"""What the loader is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BatchLimits:
    """When a batch is closed.

    Attributes:
        rows: at most so many rows.
        size: at most so many bytes of rows.
        idle: seconds without news after which it is closed.
        age: seconds after its first row at which it is closed, so that a steady trickle is not held up.
        busy_rows: a batch of so many rows means a rush: the next one may reach ``busy_age``, since a row
            costs ClickHouse a quarter less in a large insert than in one of some thousand rows.
        busy_age: longest age in a rush, seconds.
        backfill_age: the same for history, which gains more from large batches than from haste.
        poison: rows of one batch that may be rejected; above that it is the table that does not fit.
    """

    rows: int = 50_000
    size: int = 32 * 1024 * 1024
    idle: float = 0.1
    age: float = 0.25
    busy_rows: int = 5_000
    busy_age: float = 1.0
    backfill_age: float = 1.0
    poison: int = 1_000


@dataclass(frozen=True, slots=True)
class LoaderConfig:
    """Where the loader reads and writes.

    Attributes:
        bootstrap: address of the broker, ``host:port``.
        group: consumer group; on the embedded broker named by its incarnation.
        url, user, password: ClickHouse, with the right to insert.
        limits: when a batch is closed.
        clustered: the tables are spread over a cluster.
        first_geo_v: the lowest version of the area tables that this warehouse was ever fed with. A row
            with ``rev`` 1 under it is the first of its id, so it has no older place to look up.
        session_timeout_ms, heartbeat_ms: of the consumer group. The embedded broker lets a group join
            after half the session timeout.
        client_id: name of this loader in the logs of broker and ClickHouse.
        drain: seconds to finish what was begun after ``stop``.
    """

    bootstrap: str
    group: str
    url: str
    user: str
    password: str = field(repr=False)
    limits: BatchLimits = BatchLimits()
    first_geo_v: int = 1
    session_timeout_ms: int = 6_000
    heartbeat_ms: int = 1_000
    client_id: str = "wijkbeeld-loader"
    clustered: bool = False
    drain: float = 3.5
