"""The one reader: what it asks, when, and what it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, cast

import pytest

from dashboards.page import hub as hub_module
from dashboards.page.hub import Hub
from dashboards.page.poller import Poller, Update
from dashboards.page.store import Mark, PanelStore, as_json
from dashboards.panels.definition import AS_OF, Column, Panel, PanelKind, Unit
from domain.errors import Terminal, WarehouseUnavailable

FAST = Panel(
    "fast", "Fast", "Fast.", "SELECT 1", Unit.COUNT, PanelKind.STAT, (Column("n", "n"), AS_OF), 5.0
)
AGED = Panel(
    "aged",
    "Aged",
    "Aged.",
    "SELECT 2",
    Unit.COUNT,
    PanelKind.STAT,
    (Column("n", "n"), Column("age_s", "age", volatile=True), AS_OF),
    5.0,
)


class Store:
    """A store whose answers a test sets; it counts how often it was asked."""

    def __init__(self) -> None:
        self.counts: Mark = (0,)
        self.answers: dict[str, list[dict[str, Any]]] = {
            "fast": [{"n": 1}],
            "aged": [{"n": 1, "age_s": 1}],
        }
        self.fail: dict[str, Exception] = {}
        self.asked: list[str] = []
        self.clock = 0.0
        self.takes = 0.0

    def mark(self) -> tuple[datetime, Mark]:
        if "mark" in self.fail:
            raise self.fail["mark"]
        return datetime(2026, 5, 20, 12, 0, tzinfo=UTC) + timedelta(seconds=self.clock), self.counts

    def read(self, panel: Panel) -> list[dict[str, Any]]:
        self.asked.append(panel.id)
        self.clock += self.takes
        if panel.id in self.fail:
            raise self.fail[panel.id]
        return [dict(row) for row in self.answers[panel.id]]


def _poller(store: Store, state: Callable[[], Mapping[str, object]] = dict) -> Poller:
    return Poller((FAST, AGED), cast(PanelStore, store), state, lambda: store.clock)


def _poll(poller: Poller) -> list[Update]:
    told: list[Update] = []
    poller.poll(told.append)
    return told


def _changed(updates: list[Update]) -> list[str]:
    return [name for update in updates for name in update.panels]


def test_the_first_poll_tells_every_panel_and_that_all_is_well() -> None:
    updates = _poll(_poller(Store()))
    assert _changed(updates) == ["fast", "aged"]
    assert (updates[-1].available, updates[-1].as_of) == (True, "2026-05-20T12:00:00.000Z")


def test_nothing_is_asked_while_nothing_was_written() -> None:
    store = Store()
    poller = _poller(store)
    _poll(poller)
    store.clock, store.asked = 1.0, []
    updates = _poll(poller)
    assert (store.asked, _changed(updates)) == ([], [])
    assert updates[-1].as_of == "2026-05-20T12:00:01.000Z"


def test_a_write_is_seen_at_the_next_poll_and_only_what_changed_is_told() -> None:
    store = Store()
    poller = _poller(store)
    _poll(poller)
    store.clock, store.counts, store.answers["fast"] = 1.0, (1,), [{"n": 2}]
    store.answers["aged"] = [{"n": 1, "age_s": 99}]
    updates = _poll(poller)
    assert store.asked[2:] == ["fast", "aged"]
    assert [update.panels for update in updates if update.panels] == [{"fast": [{"n": 2}]}]


def test_the_window_moves_on_also_without_a_write() -> None:
    store = Store()
    poller = _poller(store)
    _poll(poller)
    store.clock, store.answers["fast"] = 5.1, [{"n": 0}]
    assert _changed(_poll(poller)) == ["fast"]


def test_a_slow_panel_is_asked_less_often() -> None:
    store = Store()
    store.takes = 0.5  # each panel: at most once in 5 seconds
    poller = _poller(store)
    _poll(poller)
    for second in (2.0, 3.0, 4.0):
        store.clock, store.counts = second, (int(second),)
        _poll(poller)
    assert store.asked == ["fast", "aged"]
    store.clock = 7.0
    _poll(poller)
    assert store.asked == ["fast", "aged", "fast", "aged"]


@pytest.mark.parametrize("error", [WarehouseUnavailable("away"), Terminal("no tables yet")])
def test_without_a_warehouse_it_says_so_and_recovers(error: Exception) -> None:
    store = Store()
    poller = _poller(store)
    store.fail["mark"] = error
    (update,) = _poll(poller)[-1:]
    assert (update.available, update.as_of) == (False, None)
    store.fail.clear()
    assert _poll(poller)[-1].available
    store.fail["mark"] = error
    store.clock = 9.0
    (update,) = _poll(poller)[-1:]
    assert (update.available, update.as_of) == (False, "2026-05-20T12:00:00.000Z")


def test_a_warehouse_that_goes_away_between_two_panels() -> None:
    store = Store()
    store.fail["aged"] = WarehouseUnavailable("away")
    updates = _poll(_poller(store))
    assert _changed(updates) == ["fast"]
    assert not updates[-1].available


def test_one_refused_panel_does_not_take_the_others_with_it() -> None:
    store = Store()
    store.fail["fast"] = Terminal("no such column")
    poller = _poller(store)
    updates = _poll(poller)
    assert _changed(updates) == ["aged"]
    assert (updates[-1].available, updates[-1].failed) == (True, ("fast",))
    store.clock = 1.0
    assert _poll(poller)[-1].failed is None
    store.fail.clear()
    store.clock = 6.0
    updates = _poll(poller)
    assert (_changed(updates), updates[-1].failed) == (["fast"], ())


def test_the_state_of_the_platform_is_told_when_it_changes() -> None:
    states: list[Mapping[str, object]] = [{"parts": {"loader": {"state": "running"}}}]
    poller = _poller(Store(), lambda: states[-1])
    assert [u.system for u in _poll(poller) if u.system is not None] == states
    assert [u.system for u in _poll(poller) if u.system is not None] == []
    states.append({"parts": {"loader": {"state": "restarting"}}})
    assert [u.system for u in _poll(poller) if u.system is not None] == states[1:]


def test_a_state_that_cannot_be_had_does_not_end_the_page() -> None:
    def broken() -> Mapping[str, object]:
        raise RuntimeError("no state")

    updates = _poll(_poller(Store(), broken))
    assert [u.system for u in updates if u.system is not None] == [{}]
    assert updates[-1].available


def test_times_are_sent_in_utc() -> None:
    summer = timezone(timedelta(hours=2))
    assert as_json(datetime(2026, 5, 20, 14, 0, 0, 1500, tzinfo=summer)) == "2026-05-20T12:00:00.001Z"
    assert as_json(datetime(2026, 5, 20, 12, 0)) == "2026-05-20T12:00:00.000Z"  # noqa: DTZ001  as drivers do
    assert as_json(date(2026, 5, 20)) == "2026-05-20"
    assert as_json(float("nan")) is None
    assert as_json(1.5) == 1.5


def _update(number: int, *panels: str) -> Update:
    return Update(f"t{number}", True, {panel: [{"n": number}] for panel in panels})


def test_a_listener_gets_the_whole_picture_and_then_what_changes() -> None:
    async def story() -> list[dict[str, Any]]:
        hub = Hub()
        hub.publish(_update(1, "a", "b"))
        stream = hub.listen()
        got = [await anext(stream)]
        hub.publish(_update(2, "a"))
        got.append(await anext(stream))
        hub.publish(Update("t3", False, failed=("a",), system={"parts": {}}))
        got.append(await anext(stream))
        hub.close()
        got.extend([news async for news in stream])
        return got

    whole, second, third = asyncio.run(story())
    assert whole["panels"] == {"a": [{"n": 1}], "b": [{"n": 1}]}
    assert second == {"as_of": "t2", "available": True, "panels": {"a": [{"n": 2}]}}
    assert third == {
        "as_of": "t3",
        "available": False,
        "failed": ("a",),
        "system": {"parts": {}},
        "panels": {},
    }


def test_a_slow_listener_misses_steps_but_never_the_last_state() -> None:
    async def story() -> dict[str, Any]:
        hub = Hub()
        stream = hub.listen()
        await anext(stream)
        for number in range(1, 50):
            hub.publish(_update(number, "a", f"p{number % 3}"))
        return await anext(stream)

    news = asyncio.run(story())
    assert news["as_of"] == "t49"
    assert news["panels"] == {"a": [{"n": 49}], "p0": [{"n": 48}], "p1": [{"n": 49}], "p2": [{"n": 47}]}


def test_there_is_an_end_to_listeners(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub_module, "MOST_LISTENERS", 1)

    async def story() -> tuple[bool, bool, bool]:
        hub = Hub()
        before = hub.is_full
        stream = hub.listen()
        await anext(stream)
        during = hub.is_full
        hub.close()
        assert [news async for news in stream] == []
        return before, during, hub.is_full

    assert asyncio.run(story()) == (False, True, False)
