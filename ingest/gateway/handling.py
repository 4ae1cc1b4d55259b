"""One request to hand in events, from its key to its answer."""

from __future__ import annotations

import asyncio
import hmac
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio.to_thread
import structlog
from starlette.requests import Request

from domain.clock import Clock
from domain.errors import Transient
from ingest.gateway.admitting import Admission
from ingest.gateway.clients import KEY, Client, Key, digest_of, signing_key
from ingest.gateway.config import Limits
from ingest.gateway.door import Door, Full
from ingest.gateway.models import Taken
from ingest.gateway.problems import (
    Refused,
    limited,
    not_handed_in,
    replayed,
    too_large,
    too_slow,
    unauthorized,
    unavailable,
    wrong_media,
)
from ingest.gateway.rates import Rates
from ingest.gateway.reading import Mode, mode_of, read_events
from ingest.gateway.signatures import check_signature, read_signature
from ingest.gateway.store import ClientStore
from ingest.keys import KeyedHash
from ingest.outbox.shared import Push
from ingest.protocol import Draft

_BUSY_SECONDS = 1.0
_FULL_SECONDS = 5.0
_PAUSED_SECONDS = 60.0


@dataclass(frozen=True)
class Services:
    """What handling a request needs.

    Attributes:
        store: clients and used signatures; guarded by ``store_lock``.
        sources: names that have topics.
        polled: names of sources that ingest asks itself.
    """

    store: ClientStore
    store_lock: threading.Lock
    keyed: KeyedHash
    rates: Rates
    admission: Admission
    door: Door
    sources: frozenset[str]
    polled: frozenset[str]
    clock: Clock
    limits: Limits


async def hand_in(services: Services, request: Request) -> Taken:
    """Return what came of a request whose events are durable now.

    Raises:
        Refused: nothing of it was taken in.
        ClientDisconnect: the client is gone.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    now = services.clock.now()
    client, key = _client(services, headers, now)
    _limit(services.rates.wait(client))
    try:
        drafts = await _read(services, client, key, headers, request, now)
    except Refused:
        services.rates.charge(client)
        raise
    # Only now, and all at once: a client that asks without rest would else pay for each refusal with
    # what its next events need, and never get through.
    _limit(services.rates.take(client, len(drafts)))
    return await _write(services, client, Push(client.source, drafts))


async def _read(
    services: Services,
    client: Client,
    key: Key,
    headers: Mapping[str, str],
    request: Request,
    now: datetime,
) -> list[Draft]:
    mode = mode_of(headers)
    if client.signed and mode is Mode.BINARY:
        raise wrong_media(f"A signed request is {Mode.STRUCTURED} or {Mode.BATCH}.")
    body = await _body(request, headers, services.limits)
    if client.signed:
        await anyio.to_thread.run_sync(_check_signed, services, key, headers, body, now)
    events = read_events(mode, headers, body, min(client.burst, services.limits.batch))
    return services.admission.drafts(client, mode, events, now)


def _client(services: Services, headers: Mapping[str, str], now: datetime) -> tuple[Client, Key]:
    scheme, _, text = headers.get("authorization", "").partition(" ")
    found = KEY.fullmatch(text.strip()) if scheme.lower() == "bearer" else None
    if found is None:
        raise unauthorized("Send your key: Authorization: Bearer wbk_...")
    try:
        with services.store_lock:
            known = services.store.find(found[1])
    except Transient:
        raise unavailable("Keys cannot be looked up now.", _BUSY_SECONDS) from None
    if known is None or not hmac.compare_digest(
        known[1].digest, digest_of(services.keyed, found[1], found[2])
    ):
        raise unauthorized("This key is not known.")
    client, key = known
    if not key.is_good(now):
        raise unauthorized("This key has expired or was revoked; ask for a new one.")
    _check_source(services, client.source)
    return client, key


def _check_source(services: Services, source: str) -> None:
    # Looked at here too: a source may be declared after its client was added.
    if source in services.polled:
        raise not_handed_in()
    if source not in services.sources:
        raise unavailable("This source is new and not in use yet.", _PAUSED_SECONDS)
    if services.door.is_paused(source):
        raise unavailable("This source is paused until somebody looks at its rejects.", _PAUSED_SECONDS)


def _limit(wait: float | None) -> None:
    if wait is not None:
        raise limited(wait)


async def _body(request: Request, headers: Mapping[str, str], limits: Limits) -> bytes:
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > limits.body:
        raise too_large("bytes", limits.body)
    body = bytearray()
    try:
        async with asyncio.timeout(limits.body_seconds):
            async for piece in request.stream():
                body += piece
                if len(body) > limits.body:
                    raise too_large("bytes", limits.body)
    except TimeoutError:
        raise too_slow() from None
    return bytes(body)


def _check_signed(
    services: Services, key: Key, headers: Mapping[str, str], body: bytes, now: datetime
) -> None:
    """Check a signature, and note durably that it is used: before its events are, so that no crash in
    between opens a way for a replay."""
    tolerance = services.limits.signed_seconds
    signature = read_signature(headers, now, tolerance)
    check_signature(signature, body, signing_key(services.keyed, key.key_id))
    parts = (key.key_id, signature.message_id, signature.timestamp)
    try:
        with services.store_lock:
            fresh = services.store.use_signature(parts, timedelta(seconds=2 * tolerance + 60), now)
    except Transient:
        raise unavailable("The signature cannot be noted now.", _BUSY_SECONDS) from None
    if not fresh:
        raise replayed()


async def _write(services: Services, client: Client, push: Push) -> Taken:
    try:
        written = await asyncio.wrap_future(services.door.put(push))
    except Full:
        raise unavailable("Too much waits for the outbox.", _FULL_SECONDS) from None
    except Transient:
        raise unavailable("The outbox cannot be written now.", _BUSY_SECONDS) from None
    structlog.get_logger(__name__).debug("events_taken", client=client.name, accepted=written.issued)
    return Taken(accepted=written.issued, duplicates=written.duplicates)
