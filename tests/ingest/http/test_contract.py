"""The contract holds for a careful connector, and sees what a careless one does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from domain.errors import Transient
from ingest.protocol import Cursor, Draft, Poll
from tests.ingest.http.list_connector import ListConnector, numbered_pages
from tests.support.http_contract import HttpContract, assert_holds
from tests.support.http_pages import Misbehaviour

pytestmark = pytest.mark.integration

CONTRACT = HttpContract(ListConnector, numbered_pages, secrets=("from",))


@pytest.mark.parametrize("misbehaviour", Misbehaviour, ids=lambda m: m.name.lower())
def test_a_careful_connector_keeps_it(
    misbehaviour: Misbehaviour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert_holds(CONTRACT, misbehaviour, tmp_path, caplog)


class Losing(ListConnector):
    """Goes on to the next page when one fails."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        try:
            poll = super().poll(cursor, now)
        except Transient:
            skipped = int(str((cursor or {}).get("from", 0))) + 2
            return Poll([], {"from": skipped, "ended": True}, super().poll(None, now).wait)
        if poll.cursor["from"] == 0:
            return Poll(poll.findings, {}, poll.wait, done=True)
        return poll


class Doubling(ListConnector):
    """Makes ids that depend on when it was read."""

    reads = 0

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        Doubling.reads += 1
        poll = super().poll(cursor, now)
        drafts = [
            Draft(f"{d.event_id}-{Doubling.reads}", d.data)
            for d in poll.findings
            if isinstance(d, Draft)
        ]
        return Poll(drafts, poll.cursor, poll.wait, done=poll.cursor["from"] == 0)


class Telling(ListConnector):
    """Puts what it read into its error."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        try:
            return super().poll(cursor, now)
        except Transient as error:
            raise Transient(f"{error} from={(cursor or {}).get('from')}") from None


class Raising(ListConnector):
    """Lets a failure of its own out."""

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        try:
            return super().poll(cursor, now)
        except Transient:
            raise KeyError("results") from None


@pytest.mark.parametrize(
    ("careless", "caught_by"),
    [
        (Losing, AssertionError),
        (Doubling, AssertionError),
        (Telling, AssertionError),
        (Raising, KeyError),
    ],
)
def test_a_careless_connector_is_caught(
    careless: type[ListConnector],
    caught_by: type[Exception],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    contract = HttpContract(careless, numbered_pages, secrets=("from",))
    with pytest.raises(caught_by):
        assert_holds(contract, Misbehaviour.SERVER_ERROR, tmp_path, caplog)
