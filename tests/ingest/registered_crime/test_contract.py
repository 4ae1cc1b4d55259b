"""Whatever the source does: the contract of every connector over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.registered_crime.reading import START, connector, service_with
from tests.support.http_contract import HttpContract, assert_holds
from tests.support.http_pages import Misbehaviour, Respond, Shapes, json_page
from tests.support.odata import PERSONAL

pytestmark = pytest.mark.integration


def paged() -> Respond:
    service = service_with(["2025MM12", "2026MM01"], ["0.0.0", "1.1.1"])
    service.page = 50
    return service.respond


CONTRACT = HttpContract(
    connector=lambda client, url: connector(client, f"{url}/ODataApi/OData"),
    source=paged,
    shapes=Shapes(empty=json_page({"odata.metadata": "x", "value": []})),
    secrets=(*PERSONAL, "$filter", "GM0268"),
    start=START,
)


@pytest.mark.parametrize("misbehaviour", Misbehaviour, ids=lambda m: m.name.lower())
def test_nothing_is_lost_doubled_or_told(
    misbehaviour: Misbehaviour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert_holds(CONTRACT, misbehaviour, tmp_path, caplog)
