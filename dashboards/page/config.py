"""What the live page needs to run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.areas import Municipality
from ingest.observations.form import Observation


@dataclass(frozen=True, slots=True)
class PageConfig:
    """Settings of the live page.

    Attributes:
        host, port: address to serve at.
        clickhouse_url: ``http://host:port``.
        user, password: a user who may only read.
        municipality: whose wijken are shown.
        geojson: borders of the wijken; None draws a schematic map.
        system_state: returns what the platform knows of itself, of the form ``{"parts": {name: {"state":
            str}}, "sources": {name: {"received": int, "progress": {"backfill": float}}}}``; every key
            may be missing. It is called once a second, in a thread of its own.
        observe: hands an observation of a wijkteam in and tells whether it was new; raises ``Transient``
            where it may be sent again, ``SourceRefused`` where it is not taken. None: no form is shown.
    """

    host: str
    port: int
    clickhouse_url: str
    user: str
    password: str
    municipality: Municipality
    geojson: Path | None
    system_state: Callable[[], Mapping[str, object]]
    observe: Callable[[Observation], bool] | None = None
