"""Whatever the source does: the contract of every connector over HTTP."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.signalen.reading import START, connector
from tests.support.http_contract import TOKEN, HttpContract, assert_holds
from tests.support.http_pages import Misbehaviour, Respond, Shapes, json_page
from tests.support.signalen import PERSONAL, Signalen

pytestmark = pytest.mark.integration

EMPTY = json_page({"_links": {"next": {"href": None}}, "count": 0, "results": []})


def meldingen() -> Respond:
    server = Signalen(START, TOKEN)
    for _ in range(7):
        server.add()
    moment = server.now
    for number in (2, 3, 4, 5):
        server.change(number, "b", at=moment)
    return server.respond


CONTRACT = HttpContract(
    connector=lambda client, url: connector(client, url),
    source=meldingen,
    shapes=Shapes(empty=EMPTY),
    secrets=(*PERSONAL, "updated_after"),
    start=START,
)


@pytest.mark.parametrize("misbehaviour", Misbehaviour, ids=lambda m: m.name.lower())
def test_nothing_is_lost_doubled_or_told(
    misbehaviour: Misbehaviour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert_holds(CONTRACT, misbehaviour, tmp_path, caplog)
