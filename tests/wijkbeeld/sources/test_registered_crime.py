"""``wijkbeeld sources`` on registered crime, asked for over HTTP."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from ingest.status import read_status
from tests.ingest.registered_crime.reading import WIJK, service_with
from tests.support.http_pages import Asked, Page
from tests.support.http_source import HttpSource
from tests.support.odata import ODataService
from wijkbeeld.cli import app
from wijkbeeld.gemeenten import municipality_folder

pytestmark = pytest.mark.integration

FIGURES = 3 * 54
"""Of a month: three offences in the gemeente, its 9 stadsdelen and its 44 wijken."""


@pytest.fixture
def service() -> ODataService:
    return service_with(["2025MM10", "2025MM11", "2025MM12"], ["0.0.0", "1.1.1", "1.2.3"])


@pytest.fixture
def declared(
    service: ODataService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[HttpSource]:
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    monkeypatch.setenv("WIJKBEELD_GEMEENTE", str(folder))
    monkeypatch.setenv("WIJKBEELD_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr("wijkbeeld.sources_command.configure_logging", lambda *_: None)

    def closing(asked: Asked) -> Page:
        # Clients live as long as the process, which is the tests' here: none may hold a socket open.
        return replace(service.respond(asked), headers={"connection": "close"})

    with HttpSource(closing) as source, capture_logs():
        (folder / "sources.toml").write_text(
            '[sources.misdrijven]\nkind = "registered-crime"\n'
            f'settings = {{ table = "47022NED", url = "{source.url}", recent = 1, history = 0 }}\n'
        )
        yield source


def call(*args: str, status: int = 0) -> dict[str, Any]:
    result = CliRunner().invoke(app, ["sources", *args, "--json"])
    assert result.exit_code == status, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def test_a_check_counts_and_writes_nothing(declared: HttpSource, tmp_path: Path) -> None:
    (checked,) = call("check")["sources"]
    assert (checked["source"], checked["error"]) == ("misdrijven", None)
    assert checked["kinds"] == {"figure": FIGURES}
    assert not (tmp_path / "data").exists()


def test_a_run_reads_and_a_revision_is_one_more(
    declared: HttpSource, service: ODataService, tmp_path: Path
) -> None:
    assert call("run", "misdrijven")["received"] == FIGURES
    service.put("1.1.1", WIJK, "2025MM12", 4711)
    again = call("run", "misdrijven")
    assert (again["received"] - again["duplicate"], again["error"]) == (1, None)
    (status,) = read_status(tmp_path / "data" / "outbox.sqlite").sources
    assert status.issued == FIGURES + 1


def test_a_past_period_is_read(declared: HttpSource) -> None:
    answer = call("backfill", "misdrijven", "--from", "2025-10-01", "--until", "2025-11-30")
    assert (answer["received"], answer["duplicate"]) == (2 * FIGURES, 0)


def test_a_service_that_refuses_is_told_in_a_line(declared: HttpSource, service: ODataService) -> None:
    service.table = "47018NED"
    (checked,) = call("check", status=1)["sources"]
    assert "404" in checked["error"]
    assert "GM0268" not in checked["error"]
