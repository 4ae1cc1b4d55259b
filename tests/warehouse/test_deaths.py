"""The loader and the recompute as processes on a real broker and the real engine, killed and starved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from domain.rows import EventRow
from tests.support.broker import EmbeddedBroker
from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from tests.warehouse.outcome import configs, wait_for_all, wait_for_death
from tests.warehouse.part_process import Parts, ended
from tests.warehouse.reading import read_cells, unequal_cells
from tests.warehouse.story import Record, Story, as_record, expected_cells, expected_counts
from tests.warehouse.topics import acknowledged, make_topics, publish
from warehouse.client import Client, connect
from warehouse.counts import read_counts
from warehouse.loader import storing
from warehouse.migrate import migrate
from warehouse.recompute import stepping

pytestmark = pytest.mark.integration

POISON = 3


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    with EmbeddedBroker() as running:
        make_topics(running.address)
        yield running


def with_poison(story: Story) -> list[Record]:
    """Put rows among the records that ClickHouse or the loader refuses, with receipts of their own."""
    records = story.records()
    for number in range(POISON):
        row = dict(story.rows[0]) | {"source": "broken", "receipt": number + 1, "severity": "high"}
        record = as_record(EventRow(**row))  # type: ignore[typeddict-item] # broken on purpose
        records.insert(number * 7, replace(record, key=b"broken|x"))
    return records


def check(client: Client, story: Story) -> None:
    assert read_cells(client) == expected_cells(story.rows)
    assert unequal_cells(client) == 0
    counts = read_counts(client)
    assert counts.pop("broken").rejected == POISON
    assert {name: (found.stored, found.superseded) for name, found in counts.items()} == expected_counts(
        story.rows
    )


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    with Parts(tmp_path) as started:
        yield started


def test_killed_between_any_two_steps_nothing_is_lost_and_nothing_counted_twice(
    client: Client, database: str, broker: EmbeddedBroker, parts: Parts
) -> None:
    loading, recomputing = configs(database, broker.address, "killed")
    story = Story(21, events=240)
    records = with_poison(story)
    steps = list(storing.Step)
    share = len(records) // (len(steps) + 1)
    for number, step in enumerate(steps):
        publish(broker.address, records[number * share : (number + 1) * share])
        wait_for_death(parts.spawn("loader", loading, step.value, times=number % 2), step)
    for recompute_step in stepping.Step:
        wait_for_death(parts.spawn("recompute", recomputing, recompute_step.value), recompute_step)
    publish(broker.address, records[len(steps) * share :])
    loader, recompute = parts.spawn("loader", loading), parts.spawn("recompute", recomputing)
    wait_for_all(client, records)
    assert (ended(loader), ended(recompute)) == (0, 0)
    check(client, story)
    rows = [orjson.loads(record.value) for record in records]
    assert acknowledged(broker.address) >= {(row["source"], row["receipt"]) for row in rows}


def test_the_loader_and_the_recompute_ride_out_a_warehouse_that_is_away(
    tmp_path: Path, broker: EmbeddedBroker, parts: Parts
) -> None:
    with LocalClickHouse(tmp_path / "data") as server:
        url = f"{server.url}/wijkbeeld"
        client = connect(url, WRITER.name, WRITER.password)
        migrate(client)
        loading, recomputing = configs(url, broker.address, "starved")
        story = Story(22, events=240)
        records = with_poison(story)
        half = len(records) // 2
        loader, recompute = parts.spawn("loader", loading), parts.spawn("recompute", recomputing)
        publish(broker.address, records[:half])
        wait_until(lambda: bool(read_counts(client)), 60, "the first rows")
        server.kill()
        publish(broker.address, records[half:])
        for part in (loader, recompute):
            wait_until(lambda: parts.said(part).count("warehouse_away") >= 3, 60, "three tries in vain")  # noqa: B023 - asked at once
        server.start()
        wait_for_all(client, records)
        check(client, story)
        assert (ended(loader), ended(recompute)) == (0, 0)
        client.close()


def test_a_second_loader_shares_the_work_and_takes_it_over(
    client: Client, database: str, broker: EmbeddedBroker, parts: Parts
) -> None:
    loading, recomputing = configs(database, broker.address, "shared")
    story = Story(23, events=300)
    records = with_poison(story)
    third = len(records) // 3
    recompute = parts.spawn("recompute", recomputing)
    first = parts.spawn("loader", loading)
    publish(broker.address, records[:third])
    wait_until(lambda: bool(read_counts(client)), 60, "the first rows")
    second = parts.spawn("loader", loading)
    publish(broker.address, records[third : 2 * third])
    wait_until(lambda: "loader_ready" in parts.said(second), 60, "the second one to join")
    first.kill()
    publish(broker.address, records[2 * third :])
    wait_for_all(client, records)
    assert (ended(second), ended(recompute)) == (0, 0)
    check(client, story)
