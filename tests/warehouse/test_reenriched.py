"""What new tables have changed, on the real engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.city_rows import event, insert
from warehouse.client import Client
from warehouse.reenriched import Move, read_reenriched

pytestmark = pytest.mark.integration

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_an_empty_warehouse_has_changed_nothing(client: Client) -> None:
    found = read_reenriched(client, 2)
    assert (found.moves, found.events, found.moved, found.older) == ((), 0, 0, 0)


def test_each_event_is_compared_with_what_older_tables_made_of_it(client: Client) -> None:
    gemeente = {"wijk": "GM0268"}
    rows: list[tuple[str, dict[str, Any]]] = [
        ("placed", gemeente),
        ("placed", {"geo_v": 2, "match_level": "street"}),
        ("elsewhere", {"match_level": "street"}),
        ("elsewhere", {"geo_v": 2, "match_level": "street", "wijk": "BU02680102"}),
        ("same", {}),
        ("same", {"geo_v": 2}),
        ("corrected", gemeente),
        ("corrected", {"rev": 2, "match_level": "wijk-name"}),
        ("corrected", {"geo_v": 2, "match_level": "street", "wijk": "BU02680102"}),
        ("corrected", {"rev": 2, "geo_v": 2, "match_level": "wijk-name"}),
        ("retracted", gemeente),
        ("retracted", {"rev": 2, "geo_v": 2, "deleted": 1}),
        ("gone", gemeente),
        ("new", {"geo_v": 2}),
    ]
    insert(client, "event_log", [event(name, AT, **changes) for name, changes in rows])

    found = read_reenriched(client, 2)

    assert set(found.moves) == {
        Move("gemeente", "street", 1, 1),
        Move("street", "street", 1, 1),
        Move("code", "code", 1, 0),
        Move("wijk-name", "wijk-name", 1, 0),
    }
    assert (found.events, found.moved) == (4, 2)
    assert (found.placed_before, found.placed_after) == (3, 4)
    assert found.older == 1
