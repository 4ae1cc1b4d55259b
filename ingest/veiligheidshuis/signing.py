"""Detached Ed25519 signatures (RFC 8032), and which public keys are good when."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import AfterValidator, model_validator

from domain.clock import AMSTERDAM
from ingest.tabular.rows import FileRefused
from ingest.toml_table import TomlTable

SIGNATURE = ".sig"
"""Ending of the file with the signature, behind the name of the delivery."""

_KEY_BYTES = 32
_SIGNATURE_BYTES = 64


def _public(text: str) -> str:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != _KEY_BYTES:
        raise ValueError("is no Ed25519 public key; give its 32 bytes in base64")
    return text


class PublicKey(TomlTable):
    """A key that may sign.

    Attributes:
        public: its 32 bytes in base64.
        since: first day on which deliveries signed with it are taken, on the clock of Amsterdam.
        until: last such day. To rotate, let the new key begin before the old one ends.
    """

    public: Annotated[str, AfterValidator(_public)]
    since: date
    until: date

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> PublicKey:
        if self.until < self.since:
            raise ValueError("until is before since")
        return self

    def is_valid(self, now: datetime) -> bool:
        """Tell whether it may sign now."""
        return self.since <= now.astimezone(AMSTERDAM).date() <= self.until


def check_signature(content: bytes, signature: Path, keys: Sequence[PublicKey], now: datetime) -> None:
    """Check that one of the keys that are good now signed ``content``.

    Args:
        content: the bytes of the delivery.
        signature: file with the 64 bytes of the signature, as they are or in base64.
        keys: those known.
        now: aware. The day of receipt decides, not what a delivery says of itself: whoever holds an old
            key may say anything.

    Raises:
        FileRefused: there is no signature, no key made it, or only one that is not good now.
    """
    signed = _signature(signature)
    moment = now.astimezone(UTC)
    signers = [key for key in keys if _has_signed(key, signed, content)]
    if not signers:
        raise FileRefused("signature", "was made by no key that is known, or for other content")
    if not any(key.is_valid(moment) for key in signers):
        raise FileRefused("signature", "was made by a key that is not valid today")


def _signature(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(1024)
    except FileNotFoundError:
        raise FileRefused(
            "signature", "is missing; deliver it beside, with .sig behind the name"
        ) from None
    if len(raw) == _SIGNATURE_BYTES:
        return raw
    try:
        decoded = base64.b64decode(raw.strip(), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if len(decoded) != _SIGNATURE_BYTES:
        raise FileRefused("signature", "is not the 64 bytes of an Ed25519 signature, plain or in base64")
    return decoded


def _has_signed(key: PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public)).verify(signature, content)
    except InvalidSignature:
        return False
    return True
