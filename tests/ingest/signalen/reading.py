"""The connector over the stand-in of Signalen, polled into a real outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from domain.areas import Municipality
from ingest.http.protocol import HttpClient
from ingest.protocol import Draft, Finding
from ingest.signalen.categories import load_categories
from ingest.signalen.connector import Range, SignalenConnector
from ingest.signalen.drafts import DraftMaker
from ingest.signalen.listing import Listing
from tests.ingest.polled import PolledConnector
from tests.ingest.samples import KEYED, unpublished
from tests.support.http_memory import MemoryClient
from tests.support.signalen import ROOT, Melding, Signalen
from wijkbeeld.gemeenten import load_municipality

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OVERLAP = timedelta(minutes=10)
INTERVAL = timedelta(minutes=1)
TOKEN = "geheim-7f3a9c"


@cache
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


@cache
def drafts() -> DraftMaker:
    return DraftMaker(nijmegen(), load_categories({}), KEYED)


def connector(
    client: HttpClient, url: str = ROOT, *, size: int = 3, end: datetime | None = None
) -> SignalenConnector:
    reach = Range(START - OVERLAP, end, INTERVAL, OVERLAP)
    return SignalenConnector(Listing(client, url, size), drafts(), reach)


def client(server: Signalen) -> MemoryClient:
    return MemoryClient(server.respond, {"authorization": f"Bearer {TOKEN}"})


def made(record: Melding) -> Finding:
    """What one record of the list comes to."""
    server = Signalen(START, TOKEN)
    server.meldingen[record["id"]] = record
    early = Range(datetime(2000, 1, 1, tzinfo=UTC), None, INTERVAL, OVERLAP)
    reader = SignalenConnector(Listing(client(server), ROOT, 10), drafts(), early)
    (finding,) = reader.poll(None, START).findings
    return finding


def only_draft(findings: Sequence[Finding]) -> Draft:
    (finding,) = findings
    assert isinstance(finding, Draft)
    return finding


@dataclass(frozen=True)
class Version:
    """What the outbox has of a version of a melding."""

    number: int
    rev: int
    deleted: bool
    status: str


class Reader(PolledConnector):
    """Reads a stand-in, so late that only the source's own times decide where a round begins."""

    def __init__(self, folder: Path, server: Signalen, *, size: int = 3) -> None:
        late = START + timedelta(days=365)
        super().__init__(folder, "signalen", lambda: connector(client(server), size=size), late)

    def versions(self) -> list[Version]:
        return sorted(
            (_version(orjson.loads(r.payload)) for r in unpublished(self.path) if not r.rejected),
            key=lambda version: (version.number, version.rev),
        )

    def current(self) -> dict[int, tuple[bool, str]]:
        """Whether each melding is taken back, and its status, by its latest version."""
        return {v.number: (v.deleted, v.status) for v in self.versions()}


def _version(record: dict[str, Any]) -> Version:
    return Version(int(record["id"]), record["rev"], record["deleted"], record["data"]["status"])


STATUS = {"m": "open", "b": "in-progress", "o": "closed", "a": "closed", "reopened": "open"}


def expected(server: Signalen) -> dict[int, tuple[bool, str]]:
    """What ``Reader.current`` must be, from the server alone."""
    states = {number: m["status"]["state"] for number, m in server.meldingen.items()}
    return {number: (state == "a", STATUS[state]) for number, state in states.items()}
