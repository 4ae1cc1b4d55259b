"""Signed requests, as Standard Webhooks has them (https://www.standardwebhooks.com): over id, time and
body.

The signature covers ``webhook-id``, ``webhook-timestamp`` and the body, not the other headers; so a
signed request has everything in its body and binary mode is not taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.gateway.problems import unauthorized

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")

_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Signature:
    """What a signed request says of itself: its id, its time (seconds since 1970), and its
    signatures."""

    message_id: str
    timestamp: str
    versions: tuple[bytes, ...]


def read_signature(headers: Mapping[str, str], now: datetime, tolerance: int) -> Signature:
    """Return the signature in the headers of a request.

    Args:
        headers: by lower-case name.
        now: aware.
        tolerance: seconds that its time may be from ``now``.

    Raises:
        Refused: it is not there, cannot be read, or is of another time.
    """
    message_id, timestamp, versions = (headers.get(name, "") for name in HEADERS)
    if not (_ID.fullmatch(message_id) and _SECONDS.fullmatch(timestamp)):
        raise unauthorized("Sign the request: webhook-id, webhook-timestamp and webhook-signature.")
    if abs(now.timestamp() - int(timestamp)) > tolerance:
        raise unauthorized(f"The time of the signature is more than {tolerance} s from now; sign anew.")
    return Signature(message_id, timestamp, _versions(versions))


def _versions(text: str) -> tuple[bytes, ...]:
    found = []
    for part in text.split(" ")[:5]:
        version, _, encoded = part.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(encoded, validate=True))
            except (binascii.Error, ValueError):
                continue
    return tuple(found)


def check_signature(signature: Signature, body: bytes, key: bytes) -> None:
    """Check that a body was signed with a key.

    Raises:
        Refused: it was not.
    """
    expected = sign(signature.message_id, signature.timestamp, body, key)
    if not any(hmac.compare_digest(expected, given) for given in signature.versions):
        raise unauthorized("The signature does not fit the body; check the secret and sign the bytes.")


def sign(message_id: str, timestamp: str, body: bytes, key: bytes) -> bytes:
    """Return the signature of a body (HMAC-SHA256)."""
    content = message_id.encode() + b"." + timestamp.encode() + b"." + body
    return hmac.digest(key, content, hashlib.sha256)
