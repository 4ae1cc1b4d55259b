"""``wijkbeeld sources`` beside a running ``up``, on a file and on sources over HTTP."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.ingest.registered_crime.reading import service_with
from tests.support.http_source import HttpSource
from tests.support.signalen import Signalen
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld
from wijkbeeld.gemeenten import municipality_folder

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

TOKEN, WRONG = "sleutel-van-de-proef-8812", "sleutel-van-een-ander-3391"
VARIABLE = "PROEF_SIGNALEN"
SOURCES = """\
[sources.meldpunt]
kind = "signalen"
schedule = {{ every = "1d" }}
settings = {{ url = "{signalen}", token = {{ env = "PROEF_SIGNALEN" }}, history_days = 0 }}
rhythm = {{ silent_after = "6h" }}

[sources.misdrijven]
kind = "registered-crime"
settings = {{ url = "{odata}", table = "47022NED", recent = 1, history = 0 }}

[sources.meldkamer]
kind = "p2000"
settings = {{ file = "pages.log" }}
"""
LINE = (
    "FLEX|{at:%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001123108|ALN|"
    "P 1 BON-01 BR woning {street} Nijmegen 082131\n"
)
STREETS = ("Molenstraat", "Burchtstraat", "Bloemerstraat")
PAGED = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=9)
MONTHS = [f"2024MM{month:02}" for month in range(1, 8)]
COUNTED = "SELECT sum(n) FROM cell_now WHERE theme IN ('jongerenoverlast', 'brand')"
OF_A_MONTH = 54
"""The gemeente, its 9 stadsdelen and its 44 wijken."""


@dataclass
class Here:
    """A municipality with its sources.

    Attributes:
        running: what runs there.
        meldpunt: the meldingen of the source of that name.
        server: answers them.
    """

    running: RunningWijkbeeld
    meldpunt: Signalen
    server: HttpSource

    def call(self, *args: str, status: int = 0, **env: str) -> dict[str, Any]:
        """Return what ``sources ... --json`` prints."""
        done = self.running.command("sources", *args, "--json", env=env)
        assert done.returncode == status, (args, done.stdout, done.stderr)
        return dict(json.loads(done.stdout))

    def listed(self) -> dict[str, dict[str, Any]]:
        return {source["name"]: source for source in self.call("list")["sources"]}

    def wait_until_counted(self, number: int) -> None:
        wait_until(
            lambda: self.running.sql(COUNTED).strip() == str(number), 60, f"{number} in the cells"
        )


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    pages = (LINE.format(at=PAGED + timedelta(hours=2 * n), street=s) for n, s in enumerate(STREETS))
    (folder / "pages.log").write_text("".join(pages))
    meldpunt = Signalen(datetime.now(UTC) - timedelta(minutes=1), TOKEN)
    meldpunt.step = timedelta(milliseconds=1)
    meldpunt.add()
    crime = service_with(MONTHS, ["0.0.0"])
    with ExitStack() as stack:
        server = stack.enter_context(HttpSource(meldpunt.respond))
        odata = stack.enter_context(HttpSource(crime.respond))
        (folder / "sources.toml").write_text(SOURCES.format(signalen=server.url, odata=odata.url))
        env = {"WIJKBEELD_GEMEENTE": str(folder), VARIABLE: TOKEN}
        running = stack.enter_context(RunningWijkbeeld(tmp_path / "data", env=env))
        made = Here(running, meldpunt, server)
        made.wait_until_counted(4)
        yield made


def test_sources_are_listed_checked_and_run_by_hand(here: Here) -> None:
    listed = here.listed()
    assert list(listed) == ["meldpunt", "misdrijven", "meldkamer", "wijkteam"]
    assert {source["state"] for source in listed.values()} == {"waiting"}
    assert listed["meldpunt"]["rhythm"]["silent_after"] == "PT6H"
    due = datetime.fromisoformat(listed["meldpunt"]["next_poll"])
    assert due - datetime.fromisoformat(listed["meldpunt"]["last_success"]) == timedelta(days=1)

    (right,) = here.call("check", "meldpunt")["sources"]
    assert right["error"] is None
    (wrong,) = here.call("check", "meldpunt", status=1, **{VARIABLE: WRONG})["sources"]
    assert "401" in wrong["error"]
    assert not {TOKEN, WRONG} & set(wrong["error"].split())
    (absent,) = [here.running.command("sources", "check", "meldpunt", env={VARIABLE: ""})]
    assert (absent.returncode, absent.stdout) == (1, "")
    assert_one_line(absent.stderr, VARIABLE)

    here.meldpunt.add()
    answer = here.call("run", "meldpunt")
    assert (answer["received"] - answer["duplicate"], answer["error"]) == (1, None)
    here.wait_until_counted(5)
    for width in (80, 120):
        shown = here.running.command("sources", "list", env={"COLUMNS": str(width)}).stdout
        assert max(map(len, shown.splitlines())) <= width
        assert all(word in shown for word in ("meldpunt", "6 h", "waiting"))


def test_a_paused_source_is_not_asked_until_it_is_resumed(here: Here) -> None:
    assert "is paused; go on with" in here.running.command("sources", "pause", "meldpunt").stdout
    asked = len(here.server.asked)
    here.meldpunt.add()
    assert here.call("run", "meldpunt", status=1)["error"] == "it is paused"
    assert here.running.interrupt(60) == 0
    here.running.start()
    assert here.call("run", "meldpunt", status=1)["error"] == "it is paused"
    assert here.listed()["meldpunt"]["state"] == "paused"
    assert len(here.server.asked) == asked

    assert "goes on" in here.running.command("sources", "resume", "meldpunt").stdout
    assert here.call("run", "meldpunt")["error"] is None
    here.wait_until_counted(5)
    assert here.listed()["meldpunt"]["state"] == "waiting"
    assert "is not paused" in here.running.command("sources", "resume", "meldpunt").stdout


def test_a_past_period_is_added_once(here: Here) -> None:
    figures = "SELECT count() FROM figure_current"
    wait_until(lambda: here.running.sql(figures).strip() == str(OF_A_MONTH), 60, "the last month")
    months = ("misdrijven", "--from", "2024-01-01", "--until", "2024-06-30", "--wait")
    done = here.running.command("sources", "backfill", *months)
    assert done.returncode == 0, done.stderr
    assert "% read" in done.stderr
    assert "period done (100%)" in done.stdout
    wait_until(lambda: here.running.sql(figures).strip() == str(7 * OF_A_MONTH), 60, "all months")
    again = here.call("backfill", *months)
    assert again["received"] == again["duplicate"] == 6 * OF_A_MONTH

    hours = (PAGED - timedelta(minutes=1), PAGED + timedelta(hours=3))
    period = ("--from", hours[0].isoformat(), "--until", hours[1].isoformat(), "--wait")
    known = here.call("backfill", "meldkamer", *period)
    assert known["received"] == known["duplicate"] == 2
    assert here.running.sql(COUNTED).strip() == "4"
    assert here.running.sql(figures).strip() == str(7 * OF_A_MONTH)

    entered = datetime.now(UTC) - timedelta(days=2)
    here.meldpunt.add(created_at=entered, updated_at=entered, incident_date_start=entered)
    days = ("meldpunt", "--from", (entered - timedelta(days=1)).isoformat(), "--wait")
    added = here.call("backfill", *days)
    assert (added["received"], added["duplicate"]) == (2, 1), "that of the fixture is known"
    here.wait_until_counted(5)
    again = here.call("backfill", *days)
    assert (again["received"], again["duplicate"]) == (2, 2)

    for args, says in (
        (("run", "weer"), "is not declared; choose from meldpunt, misdrijven, meldkamer"),
        (("pause", "weer"), "not known here; choose from"),
        (("check", "weer"), "is not declared"),
        (("backfill", "misdrijven", "--from", "2024-02-01", "--until", "2024-01-01"), "must be later"),
        (("backfill", "misdrijven", "--from", "vorig jaar"), "write a time such as"),
    ):
        wrong = here.running.command("sources", *args)
        assert (wrong.returncode, wrong.stdout) == (1, "")
        assert_one_line(wrong.stderr, says)


def assert_one_line(text: str, says: str) -> None:
    assert text.startswith("wijkbeeld: ")
    assert text.count("\n") == 1
    assert says in text
