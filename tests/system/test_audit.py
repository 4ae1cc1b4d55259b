"""``wijkbeeld audit`` on a running Wijkbeeld: empty, under load, clean, stuck, and after damage."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.waiting import wait_until
from tests.system.archives import write_archive, write_lines
from tests.system.audits import CLEAN, DIFFERS, EMPTY, NOT_RUNNING, UNSETTLED, audited
from tests.system.replays import everything_stored
from tests.system.running import RunningWijkbeeld
from warehouse.client import Client, connect
from wijkbeeld.access import WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir, read_json

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

MESSAGES = 400
LINES = 2_000


def writer(running: RunningWijkbeeld) -> Client:
    data_dir = DataDir(running.data_dir)
    access = read_json(data_dir.access)
    password = load_or_create_credentials(data_dir.credentials).writer_password
    return connect(str(access["url"]), WRITER, password)


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWijkbeeld]:
    """A Wijkbeeld that has replayed an archive."""
    folder = tmp_path_factory.mktemp("audit")
    archive = folder / "archive.csv"
    write_archive(archive, MESSAGES)
    with RunningWijkbeeld(folder / "data", "--source", f"p2000={archive}") as running:
        everything_stored(running, MESSAGES)
        yield running


def test_where_nothing_runs_it_says_so(tmp_path: Path) -> None:
    done = RunningWijkbeeld(tmp_path / "data").command("audit", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (NOT_RUNNING, {"running": False})


def test_a_stream_from_the_first_record_on(tmp_path: Path) -> None:
    """Empty, then under way, then stuck behind a part that stands still, then at rest."""
    growing, lines = tmp_path / "growing.txt", tmp_path / "lines.txt"
    growing.touch()
    write_lines(lines, LINES)
    bursts = list(batched(lines.read_text().splitlines(keepends=True), 400))
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={growing}") as running:
        status, report = audited(running, wait=1)
        assert (status, report["verdict"], report["empty"]) == (EMPTY, "empty", True)

        for burst in bursts[:-1]:
            append(growing, burst)
            status, report = audited(running, wait=1)
            assert status in {CLEAN, UNSETTLED, EMPTY}, report

        everything_stored(running, LINES - len(bursts[-1]))
        with running.frozen("streams"):
            append(growing, bursts[-1])
            wait_until(lambda: running.status()["totals"]["received"] == LINES, 60, "the lines")
            status, report = audited(running, wait=1)
            source = report["sources"]["p2000"]
            assert (status, report["verdict"]) == (UNSETTLED, "unsettled")
            assert report["ahead"].endswith("records in the outbox")
            assert (source["loss"], source["lost"]) == ("none", [])
            assert source["in_flight"] > 0

        everything_stored(running, LINES)
        status, report = audited(running)
        assert (status, report["verdict"], report["loss"]) == (CLEAN, "clean", "none")
        days = report["sources"]["p2000"]["days"].values()
        assert sum(day["received"] for day in days) == LINES
        assert sum(day["in_flight"] for day in days) == 0


def append(file: Path, lines: list[str]) -> None:
    with file.open("a") as out:
        out.writelines(lines)


def batched(lines: list[str], size: int) -> Iterator[list[str]]:
    return (lines[start : start + size] for start in range(0, len(lines), size))


def test_after_a_replay_it_is_clean_fits_the_screen_and_the_boards_know(
    replayed: RunningWijkbeeld,
) -> None:
    done = replayed.command("audit", "--wait", "60", env={"COLUMNS": "80"})
    assert done.returncode == CLEAN, done.stdout
    assert "verdict    clean" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    shown = replayed.sql(
        "SELECT source, verdict, received, in_flight, lost FROM audit ORDER BY at, source"
    )
    assert shown.splitlines()[-2:] == [
        f"\tclean\t{MESSAGES}\t0\t0",
        f"p2000\tclean\t{MESSAGES}\t0\t0",
    ]


def test_after_damage_it_names_the_cell_and_the_receipt(replayed: RunningWijkbeeld) -> None:
    client = writer(replayed)
    ((wijk, theme, hour),) = client.query(
        "SELECT wijk, theme, toString(hour) FROM cell FINAL WHERE n > 0 ORDER BY n DESC, hour LIMIT 1"
    )
    client.insert_select(
        "INSERT INTO cell SELECT * REPLACE (n + 1 AS n, gen + 1 AS gen) FROM cell FINAL"
        f" WHERE wijk = '{wijk}' AND theme = '{theme}' AND toString(hour) = '{hour}'"
    )
    status, report = audited(replayed)
    assert (status, report["loss"]) == (DIFFERS, "none")
    (fault,) = report["cells"]["hour"]["faults"]
    assert (fault["wijk"], fault["theme"], fault["hour"]) == (wijk, theme, hour)

    for table in ("event_log", "event_now"):
        client.execute(f"DELETE FROM {table} WHERE receipt = 7")
    client.close()
    status, report = audited(replayed)
    assert (status, report["loss"]) == (DIFFERS, "lost")
    assert report["sources"]["p2000"]["lost"] == [[7, 7]]
