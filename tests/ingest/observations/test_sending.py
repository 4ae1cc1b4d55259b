"""Observations at the door of a real gateway."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.areas import Municipality
from domain.errors import SourceRefused, Transient
from domain.themes import Theme
from ingest.gateway.clients import Client
from ingest.observations.form import CATEGORY, SOURCE, Observation
from ingest.observations.sending import Observer
from tests.ingest.gateway.serving import Served, SetClock, serving
from tests.support.ports import free_port
from wijkbeeld.gemeenten import load_municipality

pytestmark = pytest.mark.integration

OBSERVATION = Observation(
    id="6f1c0a52-0000-4000-8000-000000000001",
    wijk="BU02680101",
    theme=Theme.VERNIELING,
    severity=3,
)
CLIENT = Client(
    name="wijkteam",
    source=SOURCE,
    urn=f"urn:nld:gemeente-nijmegen:systeem:wijkbeeld-{SOURCE}",
    themes=tuple(Theme),
    categories=(CATEGORY,),
    rate=0.01,
    burst=3,
)


@pytest.fixture
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


def observer(gateway: Served, key: str = "") -> Observer:
    return Observer(gateway.url, key or gateway.issued.key, "nijmegen", SetClock())


def test_it_is_taken_once_and_then_the_client_has_to_wait(
    tmp_path: Path, nijmegen: Municipality
) -> None:
    with serving(tmp_path, nijmegen, client=CLIENT) as gateway:
        assert observer(gateway).send(OBSERVATION)
        assert not observer(gateway).send(OBSERVATION)
        assert gateway.status(SOURCE).issued == 1
        with pytest.raises(SourceRefused, match="status 401"):
            observer(gateway, "wbk_wrong").send(OBSERVATION)
        observer(gateway).send(OBSERVATION)
        with pytest.raises(Transient, match="status 429") as waiting:
            observer(gateway).send(OBSERVATION)
        assert waiting.value.retry_after is not None


def test_a_gateway_that_is_away_is_transient() -> None:
    with pytest.raises(Transient, match="does not answer"):
        Observer(f"http://127.0.0.1:{free_port()}", "key", "nijmegen", SetClock()).send(OBSERVATION)
