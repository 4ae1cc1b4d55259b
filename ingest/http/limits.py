"""How long and how large an answer may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one request.

    Attributes:
        connect: seconds to connect, TLS included.
        read: seconds without any byte.
        whole: seconds for one answer from its first to its last byte.
        size: bytes of a body, packed and unpacked.
    """

    connect: float = 10.0
    read: float = 20.0
    whole: float = 60.0
    size: int = 32 * 1024 * 1024
