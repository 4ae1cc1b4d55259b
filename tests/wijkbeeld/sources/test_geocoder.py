"""The geocoder of a municipality in ``wijkbeeld sources``, with a stand-in for the service."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from domain.errors import SourceUnavailable
from domain.topics import Lane
from tests.ingest.samples import unpublished
from tests.support.pdok import Pdok, address_record, serving
from wijkbeeld.cli import app
from wijkbeeld.gemeenten import municipality_folder

pytestmark = pytest.mark.integration

AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
WIJK = "BU02680101"


class Declare(Protocol):
    def __call__(self, more: str, source: str = "") -> None: ...


@pytest.fixture
def pdok() -> Pdok:
    return Pdok([address_record("Molenstraat", "2", "6511HA", WIJK)])


@pytest.fixture
def declare(tmp_path: Path, pdok: Pdok, monkeypatch: pytest.MonkeyPatch) -> Iterator[Declare]:
    """Write ``sources.toml``: a file of pages, and a geocoder with what the test adds."""
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    pages = [
        f"FLEX|{AT + timedelta(minutes=n):%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001000123|ALN|"
        f"P 1 BON-01 BR woning {street} Nijmegen 08213{n}\n"
        for n, street in enumerate(("Molenstraat 2", "Burchtstraat 3"))
    ]
    (folder / "pages.log").write_text("".join(pages))
    monkeypatch.setenv("WIJKBEELD_GEMEENTE", str(folder))
    monkeypatch.setenv("WIJKBEELD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("wijkbeeld.sources_command.configure_logging", lambda *_: None)

    with serving(pdok) as url, capture_logs():

        def write(more: str, source: str = "") -> None:
            (folder / "sources.toml").write_text(
                f'[sources.meldkamer]\nkind = "p2000"\nsettings = {{ file = "pages.log" }}\n{source}\n'
                f'[geocoder]\nurl = "{url}"\n{more}\n'
            )

        yield write


def run(*args: str) -> Result:
    return CliRunner().invoke(app, ["sources", *args])


def told(*args: str, status: int = 0) -> dict[str, Any]:
    result = run(*args, "--json")
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def places(data: Path) -> list[dict[str, Any]]:
    records = unpublished(data / "outbox.sqlite", Lane.LIVE)
    return [json.loads(record.payload)["data"]["location"] for record in records]


def test_off_nothing_is_asked_and_nothing_said(declare: Declare, pdok: Pdok, tmp_path: Path) -> None:
    declare("enabled = false")
    told("run", "meldkamer")
    assert [place.get("street") for place in places(tmp_path / "data")] == [
        "molenstraat",
        "burchtstraat",
    ]
    assert pdok.asked == []
    assert told("list")["geocoder"] is None
    assert told("check")["geocoder"] is None
    assert not (tmp_path / "data" / "geocoder.sqlite").exists()
    assert "geocoder" not in run("list").output


def test_on_a_known_street_leaves_as_a_wijk(declare: Declare, tmp_path: Path) -> None:
    declare("enabled = true")
    told("run", "meldkamer")
    placed, unplaced = places(tmp_path / "data")
    assert (placed["wijk"], placed.get("street")) == (WIJK, None)
    assert (unplaced.get("wijk"), unplaced["street"]) == (None, "burchtstraat")
    assert told("list")["geocoder"] == {"answers": 2, "found": 1, "waiting": 0}
    assert "geocoder: 2 answers kept, 1 of them a wijk; 0 events wait" in run("list").output
    assert (tmp_path / "data" / "geocoder.sqlite").stat().st_mode & 0o777 == 0o600


def test_away_what_waits_is_shown_and_placed_at_a_later_poll(
    declare: Declare, pdok: Pdok, tmp_path: Path
) -> None:
    declare("enabled = true")
    pdok.fails_with = SourceUnavailable("down")
    told("run", "meldkamer")
    assert told("list")["geocoder"] == {"answers": 0, "found": 0, "waiting": 2}
    pdok.fails_with = None
    told("run", "meldkamer")  # another process, which has not been refused yet
    first, _, again = places(tmp_path / "data")
    assert (first["street"], again["wijk"]) == ("molenstraat", WIJK)
    assert told("list")["geocoder"]["waiting"] == 0


def test_a_check_asks_for_no_place_of_an_event_and_writes_nothing(
    declare: Declare, pdok: Pdok, tmp_path: Path
) -> None:
    declare("enabled = true")
    checked = told("check")
    assert (checked["geocoder"], checked["sources"][0]["kinds"]) == ({"error": None}, {"incident": 2})
    (asked,) = pdok.asked
    assert "q=Nijmegen&fq=gemeentecode%3A0268" in asked
    assert not (tmp_path / "data").exists()
    assert "geocoder: answers" in run("check").output


def test_a_check_says_why_the_geocoder_cannot_be_asked(declare: Declare, pdok: Pdok) -> None:
    declare("enabled = true")
    pdok.fails_with = SourceUnavailable("down")
    assert "tried again later" in told("check", status=1)["geocoder"]["error"]
    pdok.fails_with = None
    pdok.records = [address_record("Molenstraat", "2", "9711AA", "BU00140101", "", "0014")]
    assert "no address of this gemeente" in told("check", status=1)["geocoder"]["error"]
    assert "geocoder: cannot be asked: " in run("check").output


def test_a_source_that_keeps_its_places_is_not_asked_for(
    declare: Declare, pdok: Pdok, tmp_path: Path
) -> None:
    declare("enabled = true", source="geocode = false")
    told("run", "meldkamer")
    assert [place.get("wijk") for place in places(tmp_path / "data")] == [None, None]
    assert pdok.asked == []


def test_a_past_period_is_placed_too(declare: Declare, tmp_path: Path) -> None:
    declare("enabled = true")
    told("backfill", "meldkamer", "--from", (AT - timedelta(minutes=1)).isoformat())
    records = unpublished(tmp_path / "data" / "outbox.sqlite", Lane.BACKFILL)
    found = [json.loads(record.payload)["data"]["location"].get("wijk") for record in records]
    assert found == [WIJK, None]
