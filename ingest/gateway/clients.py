"""Who may push: a client, what its keys are for, and how a key is made and recognised.

A key has 256 random bits, so that a keyed hash of it is as good at rest as a slow one is for a
password; the file of clients is of no use without the key of the keyed hashes, which lies elsewhere.
The secret for signing is derived from that key and the id of the client's key, so that it is not at
rest at all.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from domain.errors import SettingsError
from domain.events import Slug, SourceName
from domain.themes import Theme
from ingest.keys import KeyedHash

KEY = re.compile(r"wbk_([a-z2-7]{10})_([A-Za-z0-9_-]{43})")
"""What a key looks like: an id that is no secret, and the secret."""

LEAST_SECRET = 32


def _some(values: tuple[object, ...]) -> tuple[object, ...]:
    if not values:
        raise ValueError("give at least one")
    return tuple(dict.fromkeys(values))


class Client(BaseModel):
    """A partner or a group of sensors.

    Attributes:
        name: of the client.
        source: whose events it hands in; names the raw topics.
        urn: the CloudEvents ``source`` of its events.
        themes: which it may hand in.
        categories: its closed list of terms, one of which every event has.
        signed: its requests must be signed.
        rate: events a second that it may hand in.
        burst: events that it may hand in at once after a pause, and in one request.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    name: SourceName
    source: SourceName
    urn: Annotated[str, Field(pattern=r"^urn:nld:[a-z0-9-]+(:[a-z0-9-]+){1,6}$", max_length=200)]
    themes: Annotated[tuple[Theme, ...], AfterValidator(_some)]
    categories: Annotated[tuple[Slug, ...], AfterValidator(_some)]
    signed: bool = False
    rate: Annotated[float, Field(gt=0, le=10_000)] = 20.0
    burst: Annotated[int, Field(ge=1, le=10_000)] = 100


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is at rest.

    Attributes:
        key_id: its public part.
        client: name of its client.
        digest: keyed hash of its secret.
        created_at, expires_at, revoked_at: aware, UTC; None where it does not expire or was not revoked.
    """

    key_id: str
    client: str
    digest: bytes
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_good(self, now: datetime) -> bool:
        """Tell whether it opens the door at ``now`` (aware)."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True)
class Issued:
    """What a client gets, once: its key, and the secret to sign with where it must."""

    key_id: str
    key: str
    signing_secret: str | None

    def __repr__(self) -> str:
        return f"Issued({self.key_id})"


def new_key(client: Client, keyed: KeyedHash, now: datetime) -> tuple[Key, Issued]:
    """Return a new key of a client: as it is kept, and as it is shown once."""
    key_id = _public(secrets.token_bytes(10))
    secret = secrets.token_urlsafe(32)
    signing = "whsec_" + base64.b64encode(signing_key(keyed, key_id)).decode() if client.signed else None
    key = Key(key_id, client.name, digest_of(keyed, key_id, secret), now)
    return key, Issued(key_id, f"wbk_{key_id}_{secret}", signing)


def key_from(text: str) -> str:
    """Return the key that a secret of a settings file stands for: itself, or one made of it.

    Raises:
        SettingsError: it is too short to be a secret.
    """
    if KEY.fullmatch(text):
        return text
    if len(text) < LEAST_SECRET:
        raise SettingsError(
            f"WIJKBEELD_GATEWAY_KEY: shorter than {LEAST_SECRET} characters;"
            " make one: openssl rand -hex 24"
        )
    public, secret = (hashlib.sha256(part + text.encode()).digest() for part in (b"id", b"secret"))
    return f"wbk_{_public(public)}_{base64.urlsafe_b64encode(secret).decode().rstrip('=')}"


def _public(random: bytes) -> str:
    return base64.b32encode(random).decode().lower()[:10]


def digest_of(keyed: KeyedHash, key_id: str, secret: str) -> bytes:
    """Return the keyed hash under which a key is kept."""
    return keyed.digest("gateway-key", key_id, secret)


def signing_key(keyed: KeyedHash, key_id: str) -> bytes:
    """Return the secret bytes that requests under a key are signed with (288 bits)."""
    return keyed.digest("gateway-signing-1", key_id) + keyed.digest("gateway-signing-2", key_id)


def sources_of(clients: Iterable[Client]) -> tuple[str, ...]:
    """Return the sources that clients hand in, each once, in order."""
    return tuple(sorted({client.source for client in clients}))
