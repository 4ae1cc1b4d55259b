"""One gateway for the tests that only look at its answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from domain.areas import Municipality
from tests.ingest.gateway.serving import Served, serving
from wijkbeeld.gemeenten import load_municipality


@pytest.fixture(scope="session")
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory, nijmegen: Municipality) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("gateway"), nijmegen) as served:
        yield served
