from __future__ import annotations

from typing import Any

from faust.types import TP

from streams.runtime import _LiveFirst


def test_live_chunks_come_before_a_backfill_and_partitions_take_turns() -> None:
    records: dict[TP, list[Any]] = {
        TP("raw.a.backfill", 0): ["h1", "h2"],
        TP("raw.a", 0): ["l1", "l2", "l3"],
        TP("raw.b", 1): ["m1"],
        TP("raw.b.backfill", 1): ["i1"],
    }
    order = [delivery for _, delivery in _LiveFirst().iterate(records)]
    assert order == ["l1", "m1", "l2", "l3", "h1", "i1", "h2"]
