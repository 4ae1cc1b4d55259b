"""Keyed hashes: identities that nobody without the key can guess back to what they stand for."""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import secrets
from pathlib import Path

from domain.errors import SettingsError
from domain.privacy import find_personal

KEY_BYTES = 32
KEY_FILE_MODE = 0o600

# Separates these hashes from anything else that may ever be made with the same key.
_DOMAIN = b"wijkbeeld/keyed-hash/v1\x00"
# 144 of the 256 bits: no collision at any scale, and 24 characters without padding.
_DIGEST_BYTES = 18


class KeyedHash:
    """HMAC-SHA256 under one key, shortened to ids that fit every identifier field.

    Args:
        key: at least 32 secret bytes, as ``load_or_create_key`` returns them.

    Raises:
        ValueError: the key is shorter than 32 bytes.
    """

    def __init__(self, key: bytes) -> None:
        if len(key) < KEY_BYTES:
            raise ValueError(f"a key has at least {KEY_BYTES} bytes")
        self._key = key

    def __repr__(self) -> str:
        return "KeyedHash(...)"

    def digest(self, *parts: str) -> bytes:
        """Return the keyed hash of ``parts``: 18 bytes (144 bits).

        Parts are hashed with their lengths, so that ("ab", "c") and ("a", "bc") differ. The first part
        names by convention what is hashed, such as ``"page"``, so that equal values of different
        meaning get different hashes.
        """
        # A lone surrogate, as undecodable input leaves it, must hash rather than raise.
        values = [part.encode("utf-8", "surrogatepass") for part in parts]
        message = b"".join(len(value).to_bytes(8, "big") + value for value in values)
        return hmac.digest(self._key, _DOMAIN + message, "sha256")[:_DIGEST_BYTES]

    def id(self, *parts: str) -> str:
        """Return ``digest(*parts)`` as 24 characters of base64url (``A-Z a-z 0-9 - _``).

        Never one that the second privacy net would take for a name or a number and so reject a true
        event, as it would one of 200,000 by chance (``Mw-ciidj``): then it is the hash of that hash.
        """
        text = _text_of(self.digest(*parts))
        while find_personal(text) is not None:
            text = _text_of(self.digest("not-personal", text))
        return text


def _text_of(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode("ascii")


def load_or_create_key(path: Path) -> bytes:
    """Return the key in the file ``path``; the first call creates it (mode 0600, folder 0700).

    Safe when several processes ask at once, and when one of them is killed meanwhile: a key is either
    wholly there or not at all. A lost key cannot be made again: ids of before would not be recognised.

    Raises:
        SettingsError: the file cannot be read or written, or is no key.
    """
    try:
        if not path.exists():
            _create(path)
        key = path.read_bytes()
        if path.stat().st_mode & 0o077:
            path.chmod(KEY_FILE_MODE)
    except OSError as error:
        raise SettingsError(
            f"key file {path}: {error.strerror}; make it readable and writable"
        ) from error
    if len(key) != KEY_BYTES:
        raise SettingsError(f"key file {path}: {len(key)} bytes instead of {KEY_BYTES}; restore it")
    return key


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        # A link is refused if the name exists, so that of two creators one key wins for both.
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
