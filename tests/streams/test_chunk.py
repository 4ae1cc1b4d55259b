from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from streams.chunk import Headers, cut


@dataclass
class Record:
    offset: int
    value: bytes | None
    key: bytes | None = None
    timestamp: int = 0
    headers: Headers = ()


@given(
    sizes=st.lists(st.none() | st.integers(0, 40), max_size=60),
    gaps=st.lists(st.integers(1, 5), min_size=60, max_size=60),
    max_records=st.integers(1, 10),
    max_bytes=st.integers(1, 60),
)
def test_chunks_are_the_records_in_order_within_both_bounds(
    sizes: list[int | None], gaps: list[int], max_records: int, max_bytes: int
) -> None:
    offset, records = 100, []
    for size, gap in zip(sizes, gaps, strict=False):
        records.append(Record(offset, None if size is None else bytes(size), str(offset).encode()))
        offset += gap
    chunks = list(cut("raw.demo", 3, records, max_records=max_records, max_bytes=max_bytes))

    assert [key for chunk in chunks for key in chunk.keys] == [r.key for r in records]
    assert [value for chunk in chunks for value in chunk.values] == [r.value for r in records]
    for chunk in chunks:
        assert 1 <= len(chunk) <= max_records
        assert len(chunk) == 1 or sum(len(v or b"") for v in chunk.values) <= max_bytes
        assert (chunk.topic, chunk.partition) == ("raw.demo", 3)
        assert str(chunk.first_offset).encode() == chunk.keys[0]
        assert str(chunk.last_offset).encode() == chunk.keys[-1]


def test_nothing_fetched_gives_no_chunk() -> None:
    assert list(cut("t", 0, [], max_records=10, max_bytes=10)) == []
