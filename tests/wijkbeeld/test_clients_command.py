"""``wijkbeeld clients``: what a person sees, and what mistakes say."""

from __future__ import annotations

import json
import re
import shutil
import threading
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from domain.clock import SystemClock
from domain.errors import SettingsError
from domain.themes import Theme
from domain.vitals import Vitals
from ingest.gateway.clients import Client
from wijkbeeld.cli import app
from wijkbeeld.compose import PARTS
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality, municipality_folder
from wijkbeeld.observer import CLIENT, ensure_observer, open_store, push_sources
from wijkbeeld.settings import Settings
from wijkbeeld.supervisor.ports import free_port

ADD = ("add", "sensoren", "--source", "geluid", "--theme", "vuurwerk", "--category", "knal")


def clients(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["clients", *arguments, "--data-dir", str(folder)])


def listed(folder: Path) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(clients(folder, "list", "--json").output)
    return found


def test_a_key_is_shown_once(tmp_path: Path) -> None:
    added = clients(tmp_path, *ADD)
    assert added.exit_code == 0, added.output
    found = re.search(r"wbk_([a-z2-7]{10})_(\S+)", added.output)
    assert found is not None
    for arguments in (("list",), ("list", "--json")):
        shown = clients(tmp_path, *arguments)
        assert found[1] in shown.output
        assert found[2] not in shown.output
    (client,) = listed(tmp_path)
    assert client["urn"] == "urn:nld:gemeente-nijmegen:systeem:wijkbeeld-geluid"


def test_rotated_and_revoked(tmp_path: Path) -> None:
    clients(tmp_path, *ADD, "--signed")
    rotated = clients(tmp_path, "rotate", "sensoren", "--overlap", "2")
    assert "whsec_" in rotated.output
    assert "Earlier keys go on for 2 hours" in rotated.output
    (client,) = listed(tmp_path)
    assert [key["state"] for key in client["keys"]] == ["good", "good"]  # type: ignore[attr-defined]  # JSON
    assert "2 keys of sensoren revoked" in clients(tmp_path, "revoke", "sensoren").output
    (client,) = listed(tmp_path)
    assert {key["state"] for key in client["keys"]} == {"revoked"}  # type: ignore[attr-defined]  # JSON


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*ADD[:3], "Geluid!", *ADD[4:]), "--source"),
        ((*ADD[:3], "demo", *ADD[4:]), "source 'demo': is not handed in by clients (it is polled, as"),
        ((*ADD[:3], "signalen", *ADD[4:]), "the name of a kind of source"),
        ((*ADD[:3], "wijkteam", *ADD[4:]), "is not handed in by clients (teams do"),
        ((*ADD[:5], "explosies", *ADD[6:]), "--theme"),
        ((*ADD[:7], "Harde knal"), "--category"),
        (("rotate", "nobody"), "not known here"),
    ],
)
def test_mistakes(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = clients(tmp_path, *arguments)
    assert isinstance(answer.exception, SettingsError)
    assert said in str(answer.exception)


@pytest.fixture
def gemeente(tmp_path: Path) -> Path:
    """A municipality's folder that declares a source ``meldkamer``, and one that is turned off."""
    folder = tmp_path / "gemeente"
    shutil.copytree(Path(str(municipality_folder("nijmegen"))), folder)
    (folder / "sources.toml").write_text(
        '[sources.meldkamer]\nkind = "demo"\n[sources.later]\nkind = "demo"\nenabled = false\n'
    )
    return folder


def test_no_client_for_a_source_that_is_polled(
    tmp_path: Path, gemeente: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIJKBEELD_GEMEENTE", str(gemeente))
    refused = clients(tmp_path, *ADD[:3], "meldkamer", *ADD[4:])
    assert isinstance(refused.exception, SettingsError)
    assert "source 'meldkamer': is not handed in by clients (it is polled" in str(refused.exception)
    assert "take another name for --source" in str(refused.exception)
    assert listed(tmp_path) == []
    assert clients(tmp_path, *ADD[:3], "later", *ADD[4:]).exit_code == 0


@pytest.mark.integration
def test_the_gateway_knows_which_sources_are_polled(tmp_path: Path, gemeente: Path) -> None:
    data_dir = DataDir(tmp_path / "data")
    data_dir.prepare()
    port = free_port()
    with open_store(data_dir) as store:
        issued = store.add(
            Client(
                name="sensoren",
                source="meldkamer",
                urn="urn:nld:gemeente-nijmegen:systeem:wijkbeeld-meldkamer",
                themes=(Theme.VUURWERK,),
                categories=("knal",),
            ),
            SystemClock().now(),
        )
    settings = Settings(
        data_dir=data_dir.root, gemeente=str(gemeente), gateway_port=port, push_sources="meldkamer"
    )
    stop, ready = threading.Event(), threading.Event()
    part = threading.Thread(target=PARTS["gateway"], args=(settings, stop, ready.set, Vitals()))
    part.start()
    try:
        assert ready.wait(30)
        answer = httpx.post(
            f"http://127.0.0.1:{port}/v1/events",
            content=b"{}",
            headers={
                "Authorization": f"Bearer {issued.key}",
                "Content-Type": "application/cloudevents+json",
            },
        )
    finally:
        stop.set()
        part.join()
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:wijkbeeld:problem:source-is-polled"


def test_the_sources_of_clients_get_topics_at_the_next_start(tmp_path: Path) -> None:
    assert "in use from the next start on" in clients(tmp_path, *ADD).output
    sources = push_sources(DataDir(tmp_path), Settings(push_sources="water"))
    assert sources == ("wijkteam", "water", "geluid")


def test_the_key_for_observations_is_made_once_and_again_when_it_is_lost(tmp_path: Path) -> None:
    data_dir, nijmegen = DataDir(tmp_path), load_municipality("nijmegen")
    ensure_observer(data_dir, nijmegen, "", SystemClock())
    first = data_dir.observer_key.read_text()
    ensure_observer(data_dir, nijmegen, "", SystemClock())
    assert data_dir.observer_key.read_text() == first
    assert data_dir.observer_key.stat().st_mode & 0o077 == 0

    data_dir.observer_key.unlink()
    ensure_observer(data_dir, nijmegen, "", SystemClock())
    assert data_dir.observer_key.read_text() != first
    with open_store(data_dir) as store:
        ((client, keys),) = store.clients()
    assert client.name == CLIENT
    assert [key.is_good(SystemClock().now()) for key in keys].count(True) == 1
