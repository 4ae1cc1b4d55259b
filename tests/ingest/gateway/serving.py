"""The gateway as it runs: the real part in a thread, on a free port, over a real outbox."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from domain.areas import Municipality
from domain.clock import Clock
from domain.vitals import Vitals
from ingest.gateway import Contact, GatewayConfig, Limits, run
from ingest.gateway.clients import Client, Issued
from ingest.gateway.config import FindPersonal
from ingest.gateway.signatures import sign
from ingest.gateway.store import ClientStore
from ingest.status import SourceStatus, read_status
from tests.ingest.samples import KEYED, NOON
from tests.support.ports import free_port

PROBLEM = "application/problem+json"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
URN = "urn:nld:gemeente-nijmegen:systeem:geluid"
TYPES = {
    "incident": "nl.veiligheid.incidenten.incident-gemeld.v1",
    "signal": "nl.veiligheid.signalen.signaal-ontvangen.v1",
    "inspection": "nl.veiligheid.toezicht.controle-uitgevoerd.v1",
}
CLIENT = Client(
    name="sensoren",
    source="geluid",
    urn=URN,
    themes=("geluidsoverlast", "vuurwerk"),
    categories=("luid", "knal"),
    rate=10_000,
    burst=10_000,
)


class SetClock:
    """A clock that stands where the test puts it."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


def event(event_id: str = "a-1", kind: str = "signal", **data: Any) -> dict[str, Any]:
    """Return a good event; ``data`` overrides what is in its data."""
    content: dict[str, Any] = {
        "kind": kind,
        "occurredAt": "2026-03-01T12:30:00+01:00",
        "theme": "geluidsoverlast",
        "category": "luid",
        "location": {"wijk": "BU02680101"},
    }
    if kind == "inspection":
        content |= {"case": "zaak-1", "result": "compliant"}
    return {
        "specversion": "1.0",
        "id": event_id,
        "source": URN,
        "type": TYPES[kind],
        "data": content | data,
    }


@dataclass
class Served:
    """A running gateway, its folder, and a client of it."""

    url: str
    folder: Path
    issued: Issued
    http: httpx.Client

    def post(
        self, content: Any, media_type: str = STRUCTURED, key: str | None = None, **headers: str
    ) -> httpx.Response:
        """Hand in; ``content`` is bytes as they are, or what becomes JSON."""
        sent = {"Content-Type": media_type, "Authorization": f"Bearer {key or self.issued.key}"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if isinstance(content, bytes):
            return self.http.post("/v1/events", content=content, headers=sent | named)
        return self.http.post("/v1/events", json=content, headers=sent | named)

    def status(self, source: str = "geluid") -> SourceStatus:
        """Return what the outbox knows of a source."""
        found = read_status(self.folder / "outbox.sqlite").sources
        return next(each for each in found if each.name == source)

    def add(self, client: Client) -> Issued:
        """Add a client while the gateway runs."""
        with ClientStore(self.folder / "gateway.sqlite", KEYED) as store:
            return store.add(client, datetime.now(UTC))


def signed(issued: Issued, body: bytes, moment: datetime, message_id: str = "m-1") -> dict[str, str]:
    """Return the headers of a signed request, with underscores for hyphens."""
    assert issued.signing_secret is not None
    key = base64.b64decode(issued.signing_secret.removeprefix("whsec_"))
    at = str(int(moment.timestamp()))
    signature = base64.b64encode(sign(message_id, at, body, key)).decode()
    return {
        "webhook_id": message_id,
        "webhook_timestamp": at,
        "webhook_signature": f"v1,{signature}",
    }


def nothing_personal(_text: str) -> None:
    return None


@contextmanager
def serving(
    folder: Path,
    municipality: Municipality,
    *,
    client: Client = CLIENT,
    clock: Clock | None = None,
    limits: Limits | None = None,
    find_personal: FindPersonal = nothing_personal,
    vitals: Vitals | None = None,
    sources: frozenset[str] = frozenset({"geluid", "wijkteam"}),
    polled: frozenset[str] = frozenset(),
    add: Callable[[ClientStore], Issued] | None = None,
) -> Iterator[Served]:
    """Run the gateway for the length of a ``with`` block; fail when it does not end as it should."""
    port = free_port()
    with ClientStore(folder / "gateway.sqlite", KEYED) as store:
        issued = add(store) if add else store.add(client, NOON)
    config = GatewayConfig(
        host="127.0.0.1",
        port=port,
        outbox_path=folder / "outbox.sqlite",
        store_path=folder / "gateway.sqlite",
        keyed=KEYED,
        municipality=municipality,
        sources=sources,
        clock=clock or SetClock(),
        find_personal=find_personal,
        polled=polled,
        public_url="https://wijkbeeld.example.org",
        contact=Contact("Beheer", "https://wijkbeeld.example.org", "beheer@example.org"),
        limits=limits or Limits(),
    )
    stop, ready = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            run(config, stop, ready.set, vitals)
        except BaseException as error:  # noqa: BLE001  handed to the test's own thread
            errors.append(error)
            ready.set()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        assert ready.wait(30), "the gateway did not become ready"
        if not errors:
            url = f"http://127.0.0.1:{port}"
            with httpx.Client(base_url=url, timeout=30) as http:
                yield Served(url, folder, issued, http)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive(), "the gateway did not end"
    if errors:
        raise errors[0]


def is_problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:wijkbeeld:problem:{kind}"
    assert body["title"]
    assert body["detail"]
