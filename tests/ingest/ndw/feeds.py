"""Feeds of NDW for tests: the samples, feeds that are made, and a connector over them."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from domain.areas import Municipality
from ingest.http.protocol import HttpClient
from ingest.ndw.connector import NdwConnector
from ingest.ndw.drafts import DraftMaker
from ingest.protocol import Cursor, Poll
from tests.ingest.samples import KEYED
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Page
from wijkbeeld.gemeenten import load_municipality

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
URL = "https://ndw.example"
INTERVAL = timedelta(minutes=1)
HERE = Path(__file__).parent


@cache
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


def holds(lon: float, lat: float) -> bool:
    """A square in the place of the polygons."""
    return 5.75 <= lon <= 5.93 and 51.79 <= lat <= 51.89


def sample(name: str) -> bytes:
    return (HERE / name).read_bytes()


def page(body: bytes, etag: str | None = None, *, packed: bool = True) -> Page:
    return Page(gzip.compress(body) if packed else body, "application/x-gzip", etag=etag)


def record(
    key: str = "R1",
    version: int = 1,
    *,
    kind: str = "Accident",
    lat: str = "51.84",
    began: str = "2026-03-01T11:30:00Z",
    more: str = "",
) -> str:
    return (
        f'<situationRecord xsi:type="{kind}" id="{key}" version="{version}">'
        f"<overallStartTime>{began}</overallStartTime>"
        f"<pointCoordinates><latitude>{lat}</latitude><longitude>5.86</longitude></pointCoordinates>"
        f"{more}</situationRecord>"
    )


def feed(records: Iterable[str], header: str = "", before: str = "") -> bytes:
    """A publication with a situation for each record."""
    inner = "".join(f'<situation id="s">{header}{each}</situation>' for each in records)
    return (
        f'<?xml version="1.0"?>{before}<d2LogicalModel '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f'<payloadPublication xsi:type="SituationPublication">{inner}</payloadPublication>'
        "</d2LogicalModel>"
    ).encode()


def connector(client: HttpClient, url: str = URL) -> NdwConnector:
    drafts = DraftMaker(nijmegen(), holds, KEYED)
    return NdwConnector(client, f"{url}/incidents.xml.gz", drafts, KEYED, INTERVAL)


def poll(body: bytes, cursor: Cursor | None = None) -> Poll:
    """Return what the connector makes of a feed at ``NOON``."""
    return connector(MemoryClient(lambda _: page(body))).poll(cursor, NOON)
