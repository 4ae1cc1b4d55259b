"""``wijkbeeld sources`` on a data directory on which nothing runs, with a municipality of its own."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from domain.errors import SettingsError
from ingest.status import read_status
from wijkbeeld.cli import app
from wijkbeeld.gemeenten import municipality_folder

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
LINE = (
    "FLEX|{at:%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001123108|ALN|"
    "P 1 BON-01 BR woning {street} Nijmegen 08213{n}\n"
)
STREETS = ("Molenstraat", "Burchtstraat", "Bloemerstraat")

Run = Callable[..., Result]


@pytest.fixture
def gemeente(tmp_path: Path) -> Path:
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    (folder / "pages.log").write_text(
        "".join(
            LINE.format(at=AT + timedelta(minutes=n), street=street, n=n)
            for n, street in enumerate(STREETS)
        )
    )
    (folder / "sources.toml").write_text(
        '[sources.meldkamer]\nkind = "p2000"\nsettings = { file = "pages.log" }\n'
        'schedule = { every = "1h" }\nrhythm = { lateness = "5m", silent_after = "6h" }\n'
    )
    return folder


@pytest.fixture
def run(tmp_path: Path, gemeente: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.setenv("WIJKBEELD_GEMEENTE", str(gemeente))
    monkeypatch.setenv("WIJKBEELD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "80")
    # The log is the process's own, and this process is the tests'.
    monkeypatch.setattr("wijkbeeld.sources_command.configure_logging", lambda *_: None)

    def call(*args: str) -> Result:
        return CliRunner().invoke(app, ["sources", *args])

    with capture_logs():
        yield call


def told(result: Result, status: int = 0) -> dict[str, Any]:
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_check_counts_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    (checked,) = told(run("check", "--json"))["sources"]
    assert checked["source"] == "meldkamer"
    assert checked["kinds"] == {"incident": 3}
    assert sum(checked["themes"].values()) == 3
    assert checked["error"] is None
    assert not (tmp_path / "data").exists()
    shown = run("check", "meldkamer")
    assert not any(street.lower() in shown.output.lower() for street in STREETS)


def test_a_poll_by_hand_is_written_and_listed(run: Run, tmp_path: Path) -> None:
    (new,) = told(run("list", "--json"))["sources"]
    assert (new["state"], new["complete_until"]) == ("new", None)
    assert told(run("run", "meldkamer", "--json"))["received"] == 3
    assert told(run("run", "meldkamer", "--json"))["received"] == 0
    (listed,) = told(run("list", "--json"))["sources"]
    assert listed["state"] == "waiting"
    assert listed["last_success"] is not None
    assert listed["lag_seconds"] is not None
    due = datetime.fromisoformat(listed["next_poll"])
    assert due - datetime.fromisoformat(listed["last_success"]) == timedelta(hours=1)
    assert (listed["rhythm"]["silent_after"], listed["schedule"]["every"]) == ("PT6H", "PT1H")
    lines = run("list").output.splitlines()
    assert "6 h" in lines[-1]
    assert all(len(line) <= 80 for line in lines)


def test_a_check_begins_where_the_source_is(run: Run, gemeente: Path) -> None:
    run("run", "meldkamer")
    assert told(run("check", "--json"))["sources"][0]["kinds"] == {}
    later = AT + timedelta(hours=1)
    with (gemeente / "pages.log").open("a") as file:
        file.write(LINE.format(at=later, street="Hertogstraat", n=9))
    assert told(run("check", "--json"))["sources"][0]["kinds"] == {"incident": 1}


def test_a_pause_by_hand_lasts_until_it_is_resumed(run: Run) -> None:
    run("run", "meldkamer")
    assert "is paused; go on with" in run("pause", "meldkamer").output
    assert "already" in run("pause", "meldkamer").output
    assert told(run("list", "--json"))["sources"][0]["state"] == "paused"
    assert told(run("run", "meldkamer", "--json"), status=1)["error"] == "it is paused"
    assert "goes on" in run("resume", "meldkamer").output
    assert told(run("list", "--json"))["sources"][0]["state"] == "waiting"


def test_a_period_is_read_again_without_doubling_anything(run: Run, tmp_path: Path) -> None:
    run("run", "meldkamer")
    first = (AT - timedelta(minutes=1)).isoformat()
    last = (AT + timedelta(minutes=1, seconds=30)).isoformat()
    answer = told(run("backfill", "meldkamer", "--from", first, "--until", last, "--json"))
    assert (answer["received"], answer["duplicate"]) == (2, 2)
    (status,) = read_status(tmp_path / "data" / "outbox.sqlite").sources
    assert status.issued == 3


def test_a_mistake_is_one_line_with_its_place(run: Run, gemeente: Path) -> None:
    with (gemeente / "sources.toml").open("a") as file:
        file.write("colour = 3\n")
    result = run("list")
    assert isinstance(result.exception, SettingsError)
    message = str(result.exception)
    assert message.startswith("sources.toml line 6: sources.meldkamer.colour: is not known here")


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("run", "weer"), "is not declared; choose from meldkamer"),
        (("pause", "weer"), "is not there"),
        (("backfill", "meldkamer", "--from", "2099-01-01"), "lies in the future"),
        (("backfill", "meldkamer", "--from", "gisteren"), "write a time such as"),
    ],
)
def test_what_cannot_be_done_is_one_line(run: Run, args: tuple[str, ...], says: str) -> None:
    result = run(*args)
    assert isinstance(result.exception, SettingsError)
    assert says in str(result.exception)
    assert "\n" not in str(result.exception)


def test_a_pipe_is_not_polled_by_a_check(run: Run, gemeente: Path) -> None:
    (gemeente / "pages.log").unlink()
    os.mkfifo(gemeente / "pages.log")
    (checked,) = told(run("check", "--json"), status=1)["sources"]
    assert "would take from it" in checked["error"]
