"""What NDW's feed does when it misbehaves: nothing is lost, doubled or told."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.ingest.ndw.feeds import NOON, connector, feed, page, sample
from tests.support.http_contract import HttpContract, assert_holds
from tests.support.http_pages import Misbehaviour, Shapes


def _renamed(body: bytes) -> bytes:
    return gzip.compress(gzip.decompress(body).replace(b"SituationPublication", b"NewPublication"))


CONTRACT = HttpContract(
    connector=lambda client, url: connector(client, url),
    source=lambda: lambda _: page(sample("incidents_v3.xml")),
    shapes=Shapes(empty=page(feed([])), changed=_renamed),
    secrets=("Wiersemans", "RWS01", "51.84"),
    start=NOON,
)


@pytest.mark.integration
@pytest.mark.parametrize("misbehaviour", Misbehaviour, ids=lambda m: m.name.lower())
def test_nothing_is_lost_doubled_or_told(
    misbehaviour: Misbehaviour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert_holds(CONTRACT, misbehaviour, tmp_path, caplog)
