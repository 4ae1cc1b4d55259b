"""What tests of loader and recompute processes wait for and compare."""

from __future__ import annotations

import signal
import subprocess
from typing import Any

import orjson

from tests.support.clickhouse import WRITER
from tests.support.waiting import wait_until
from tests.warehouse.reading import read_cells, unequal_cells
from tests.warehouse.story import Record, Story, expected_cells, expected_counts
from warehouse.client import Client
from warehouse.counts import read_counts, read_lag


def configs(url: str, bootstrap: str, group: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the settings of a loader and of a recompute for ``part_process``."""
    access = {"url": url, "user": WRITER.name, "password": WRITER.password}
    return {"bootstrap": bootstrap, "group": group, **access}, access


def wait_for_death(process: subprocess.Popen[bytes], where: str) -> None:
    """Wait until a process has killed itself."""
    wait_until(lambda: process.poll() is not None, 60, f"the kill at {where}")
    assert process.returncode == -signal.SIGKILL


def wait_for_all(client: Client, records: list[Record]) -> None:
    """Wait until every receipt has arrived and every touched cell is recomputed."""
    wanted = {(row["source"], row["receipt"]) for row in (orjson.loads(r.value) for r in records)}

    def arrived() -> bool:
        counts = read_counts(client)
        return sum(found.arrived for found in counts.values()) == len(wanted)

    wait_until(arrived, 120, "every receipt to arrive")
    wait_until(lambda: read_lag(client).batches == 0, 60, "the cells to be recomputed")


def check_story(client: Client, story: Story) -> None:
    """Compare cells and counts with what a story says."""
    assert read_cells(client) == expected_cells(story.rows)
    assert unequal_cells(client) == 0
    counts = read_counts(client)
    assert {name: (found.stored, found.superseded) for name, found in counts.items()} == expected_counts(
        story.rows
    )
