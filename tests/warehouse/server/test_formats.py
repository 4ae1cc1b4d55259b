"""What the server writes itself in Native."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from warehouse.server.formats import empty_native, hello_answer, is_hello, varint


@given(st.integers(0, 2**40))
def test_varint_is_leb128(number: int) -> None:
    encoded = varint(number)

    assert sum((byte & 0x7F) << 7 * place for place, byte in enumerate(encoded)) == number
    assert [byte > 0x7F for byte in encoded] == [True] * (len(encoded) - 1) + [False]


def test_an_empty_block_names_its_columns() -> None:
    assert empty_native([("a", "UInt64"), ("b", "String")]) == b"\x02\x00\x01a\x06UInt64\x01b\x06String"


def test_the_go_clients_hello() -> None:
    answer = hello_answer("26.9", "UTC")

    assert answer.startswith(b"\x01\x00\x02\xff\xff\xff\xff\x00\x04\x01")
    assert answer.endswith(b"\x0atimezone()\x06String\x00\x03UTC")
    assert is_hello("SELECT displayName(), version(),  revision(), timezone()")
    assert not is_hello("SELECT version()")
