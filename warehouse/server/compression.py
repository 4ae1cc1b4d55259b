"""Content encodings of HTTP bodies, as ClickHouse's clients use them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Protocol

import lz4.frame  # type: ignore[import-untyped]  # ships no types
import zstandard

from warehouse.server.errors import ClickHouseError, Code


class Decoder(Protocol):
    """Decodes a body piece by piece."""

    @property
    def eof(self) -> bool:
        """Whether the encoded body is complete."""
        ...

    def decompress(self, data: bytes, /) -> bytes:
        """Return what ``data`` adds to the body."""
        ...


class Encoder(Protocol):
    """Encodes an answer piece by piece."""

    @property
    def name(self) -> str | None:
        """Value of ``Content-Encoding``; None for none."""
        ...

    def add(self, data: bytes) -> bytes:
        """Return what can be sent after ``data``; may be empty."""
        ...

    def end(self) -> bytes:
        """Return the rest."""
        ...


class Plain:
    """No encoding."""

    name: str | None = None
    eof = True

    def decompress(self, data: bytes, /) -> bytes:
        """Return ``data``."""
        return data

    def add(self, data: bytes) -> bytes:
        """Return ``data``."""
        return data

    def end(self) -> bytes:
        """Return nothing."""
        return b""


class _Zlib:
    def __init__(self, name: str, window: int) -> None:
        self.name: str | None = name
        self._stream = zlib.compressobj(1, zlib.DEFLATED, window)

    def add(self, data: bytes) -> bytes:
        return self._stream.compress(data)

    def end(self) -> bytes:
        return self._stream.flush()


class _Zstd:
    name: str | None = "zstd"

    def __init__(self) -> None:
        self._stream = zstandard.ZstdCompressor(level=1).compressobj()

    def add(self, data: bytes) -> bytes:
        return bytes(self._stream.compress(data))

    def end(self) -> bytes:
        return bytes(self._stream.flush())


class _Lz4:
    name: str | None = "lz4"

    def __init__(self) -> None:
        self._stream = lz4.frame.LZ4FrameCompressor()
        self._pending: bytes = self._stream.begin()

    def add(self, data: bytes) -> bytes:
        head, self._pending = self._pending, b""
        return head + bytes(self._stream.compress(data))

    def end(self) -> bytes:
        head, self._pending = self._pending, b""
        return head + bytes(self._stream.flush())


_ENCODERS: dict[str, Callable[[], Encoder]] = {
    "zstd": _Zstd,
    "lz4": _Lz4,
    "gzip": lambda: _Zlib("gzip", 31),
    "deflate": lambda: _Zlib("deflate", 15),
}
_DECODERS: dict[str, Callable[[], Decoder]] = {
    "": Plain,
    "identity": Plain,
    "lz4": lz4.frame.LZ4FrameDecompressor,
    "zstd": lambda: zstandard.ZstdDecompressor().decompressobj(),
    "gzip": lambda: zlib.decompressobj(31),
    "deflate": zlib.decompressobj,
}


class BodyDecoder:
    """Decodes a request's body.

    Args:
        encoding: the request's ``Content-Encoding``, lower case; empty for none.

    Raises:
        ClickHouseError: 48, an encoding that is not known.
    """

    def __init__(self, encoding: str) -> None:
        if encoding not in _DECODERS:
            raise ClickHouseError(
                Code.NOT_IMPLEMENTED, "Content-Encoding must be lz4, zstd, gzip or deflate."
            )
        self._decoder = _DECODERS[encoding]()
        self._begun = False

    def decode(self, data: bytes) -> bytes:
        """Return what ``data`` adds to the body.

        Raises:
            ClickHouseError: 36, the bytes are not of this encoding, or go on behind its end.
        """
        if not data:
            return b""
        self._begun = True
        try:
            return self._decoder.decompress(data)
        except (zlib.error, zstandard.ZstdError, RuntimeError, EOFError):
            raise _not_as_said() from None

    def finish(self) -> None:
        """Check that nothing is missing: half a body must not be stored as a whole one.

        Raises:
            ClickHouseError: 36, the encoded body ends too early.
        """
        if self._begun and not self._decoder.eof:
            raise _not_as_said()


def _not_as_said() -> ClickHouseError:
    return ClickHouseError(Code.BAD_ARGUMENTS, "The body is not encoded as its Content-Encoding says.")


def encoder(accepted: str) -> Encoder:
    """Return the first encoding of ours that ``accepted``, an ``Accept-Encoding`` header, names."""
    offers = {offer.split(";")[0].strip().lower() for offer in accepted.split(",")}
    for name, make in _ENCODERS.items():
        if name in offers:
            return make()
    return Plain()
