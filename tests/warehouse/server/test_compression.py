"""Encodings: what goes in comes out, and half a body is no body."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import lz4.frame  # type: ignore[import-untyped]  # ships no types
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.compression import BodyDecoder, encoder
from warehouse.server.errors import ClickHouseError

ENCODE: dict[str, Callable[[bytes], bytes]] = {
    "lz4": lz4.frame.compress,
    "zstd": zstandard.compress,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "": bytes,
}


@pytest.mark.parametrize("name", sorted(ENCODE))
@given(data=st.binary(max_size=500), cut=st.integers(0, 500))
def test_a_body_is_decoded_wherever_it_is_cut(name: str, data: bytes, cut: int) -> None:
    encoded = ENCODE[name](data)
    body = BodyDecoder(name)

    found = body.decode(encoded[:cut]) + body.decode(encoded[cut:])
    body.finish()

    assert found == data


@pytest.mark.parametrize("name", ["lz4", "zstd", "gzip", "deflate"])
def test_half_a_body_is_refused(name: str) -> None:
    body = BodyDecoder(name)
    body.decode(ENCODE[name](bytes(range(256)) * 40)[:-4])

    with pytest.raises(ClickHouseError) as refused:
        body.finish()
    assert refused.value.code == 36


@pytest.mark.parametrize("name", ["lz4", "zstd", "gzip", "deflate"])
def test_other_bytes_are_refused(name: str) -> None:
    with pytest.raises(ClickHouseError) as refused:
        BodyDecoder(name).decode(b"these bytes are not compressed")
    assert refused.value.code == 36


def test_an_unknown_encoding_is_refused() -> None:
    with pytest.raises(ClickHouseError) as refused:
        BodyDecoder("br")
    assert refused.value.code == 48


@pytest.mark.parametrize("accepted", ["zstd", "lz4", "gzip", "deflate", "gzip;q=0.5, br", "", "br", "*"])
@given(pieces=st.lists(st.binary(max_size=200), max_size=5))
def test_an_answer_is_encoded_as_it_says(accepted: str, pieces: list[bytes]) -> None:
    codec = encoder(accepted)

    encoded = b"".join([codec.add(piece) for piece in pieces] + [codec.end()])
    body = BodyDecoder(codec.name or "")

    assert body.decode(encoded) == b"".join(pieces)
    assert codec.name is None or codec.name in accepted
