"""Bodies of answers, never larger than was allowed, packed or unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

# A kilobyte of gzip can hold a megabyte, so it is unpacked in steps of this size.
_STEP = 64 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class BodyTooLarge(Exception):  # noqa: N818 - a finding that the caller puts into words
    """More bytes than allowed."""


class BodyBroken(Exception):  # noqa: N818 - a finding that the caller puts into words
    """Packed bytes that end too early or cannot be unpacked."""


def read_whole(parts: Iterable[bytes], most: int) -> bytes:
    """Return ``parts`` as one, reading no further than ``most`` bytes.

    Raises:
        BodyTooLarge: there are more.
    """
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > most:
            raise BodyTooLarge
    return bytes(body)


def gunzip(parts: Iterable[bytes], most: int) -> bytes:
    """Return what gzip's ``parts`` hold, of which neither form may be larger than ``most`` bytes.

    Raises:
        BodyTooLarge: it is larger.
        BodyBroken: it is no gzip, or ends too early.
    """
    return read_whole(_unpacked(_counted(parts, most)), most)


def gunzip_in_steps(parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Yield what gzip's ``parts`` hold, at most ``most`` bytes of it, a step at a time.

    Raises:
        BodyTooLarge: it is larger.
        BodyBroken: it is no gzip, or ends too early.
    """
    yield from _counted(_unpacked(parts), most)


def _counted(parts: Iterable[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for part in parts:
        size += len(part)
        if size > most:
            raise BodyTooLarge
        yield part


def _unpacked(parts: Iterable[bytes]) -> Iterator[bytes]:
    member = zlib.decompressobj(_GZIP)
    begun = False
    try:
        for part in parts:
            rest = part
            while rest:
                if member.eof:
                    # A file may be several gzips behind one another.
                    member = zlib.decompressobj(_GZIP)
                begun = True
                yield member.decompress(rest, _STEP)
                rest = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error:
        raise BodyBroken from None
    if begun and not member.eof:
        raise BodyBroken
