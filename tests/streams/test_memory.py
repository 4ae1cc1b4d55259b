from __future__ import annotations

import gc

from streams.memory import COLLECT_EVERY_RECORDS, collecting_between_chunks


class Knot:
    """Part of a cycle, which only the collector can free."""

    alive = 0

    def __init__(self) -> None:
        Knot.alive += 1
        self.itself = self

    def __del__(self) -> None:
        Knot.alive -= 1


def test_the_collector_is_off_within_chunks_and_works_between_them() -> None:
    with collecting_between_chunks() as between:
        assert not gc.isenabled()
        Knot()
        between(COLLECT_EVERY_RECORDS - 1)
        assert Knot.alive == 1
        between(1)
        assert Knot.alive == 0
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
