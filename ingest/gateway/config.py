"""What the gateway needs to run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from domain.areas import Municipality
from domain.clock import Clock
from ingest.keys import KeyedHash

FindPersonal = Callable[[str], object | None]
"""Says what kind of personal data a text looks like; None when like none."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of what all clients together may ask.

    Attributes:
        body: bytes of one request.
        batch: events of one request, whatever a client's own burst.
        requests: under way at once.
        queued: events that wait for the outbox at once.
        group: events that one transaction of the outbox takes.
        pending: records in the outbox above which nothing more is taken in.
        body_seconds: within which a body must have arrived.
        signed_seconds: how far the time of a signature may be from ours, either way.
    """

    body: int = 256 * 1024
    batch: int = 500
    requests: int = 256
    queued: int = 5_000
    group: int = 1_000
    pending: int = 250_000
    body_seconds: float = 10.0
    signed_seconds: int = 300


@dataclass(frozen=True, slots=True)
class Contact:
    """Who answers for the interface, for its documents; empty where that is not known."""

    name: str = ""
    url: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Settings of the gateway.

    Attributes:
        host, port: address to listen at.
        outbox_path: the outbox of ingest.
        store_path: the gateway's own file: clients and signatures that were used.
        keyed: the key of the keyed hashes, the same that ingest has.
        municipality: goes into the CloudEvents ``source``.
        sources: names that have topics; events for others are refused until they have.
        polled: names of sources that ingest asks itself; no client may hand in for them.
        clock: gives the time of receipt.
        find_personal: the second privacy net; looks at every string that a client chooses.
        public_url: where clients reach it, before ``/v1``; empty for the address itself.
        contact: who answers for it.
        limits: bounds for all clients together.
    """

    host: str
    port: int
    outbox_path: Path
    store_path: Path
    keyed: KeyedHash
    municipality: Municipality
    sources: frozenset[str]
    clock: Clock
    find_personal: FindPersonal
    polled: frozenset[str] = frozenset()
    public_url: str = ""
    contact: Contact = field(default_factory=Contact)
    limits: Limits = field(default_factory=Limits)
