"""A past period of hourly weather: its days, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.events import Figure
from ingest.context import SourceContext
from ingest.knmi.source import Settings, build
from ingest.protocol import Connector, Draft, Period, Poll
from tests.ingest.handing import context_with
from tests.ingest.knmi.hours_served import NOON, URL, Knmi, nijmegen
from tests.ingest.samples import KEYED
from tests.support.http_memory import MemoryClient

DAY = timedelta(days=1)
FIRST = NOON.date() - 100 * DAY
MIDNIGHT = datetime.combine(FIRST, datetime.min.time(), UTC)


def asked_for(knmi: Knmi, period: Period) -> Connector:
    context = SourceContext(nijmegen(), KEYED, None, False, 1, NOON)
    settings = Settings(station=275, url=URL)
    made = build("weer", settings, context_with(context, MemoryClient(knmi.respond), ""))
    assert made.backfill is not None
    return made.backfill(period)


def read_to_the_end(connector: Connector, now: datetime = NOON) -> list[Poll]:
    polls = [connector.poll(None, now)]
    while not polls[-1].done:
        assert len(polls) < 20
        polls.append(connector.poll(polls[-1].cursor, now))
    return polls


def served(days: int = 100) -> Knmi:
    """The hour that ends at noon of each day, from ``FIRST`` on."""
    return Knmi({(FIRST + n * DAY, 12): "100" for n in range(days)})


@pytest.mark.parametrize(
    ("period", "days", "polls"),
    [
        (Period(MIDNIGHT + 10 * DAY, MIDNIGHT + 11 * DAY), range(10, 11), 1),
        (Period(MIDNIGHT + 10 * DAY, MIDNIGHT + 11 * DAY + DAY / 4), range(10, 12), 1),
        (Period(MIDNIGHT, MIDNIGHT + 70 * DAY), range(70), 3),
        (Period(MIDNIGHT + 90 * DAY, NOON + 5 * DAY), range(90, 100), 1),
    ],
)
def test_its_days_are_read_once(period: Period, days: range, polls: int) -> None:
    read = read_to_the_end(asked_for(served(), period))
    found = [f for poll in read for f in poll.findings if isinstance(f, Draft)]
    figures = [draft.data for draft in found if isinstance(draft.data, Figure)]
    assert {figure.period_start for figure in figures} == {FIRST + n * DAY for n in days}
    assert len({f.event_id for f in found}) == len(found)
    assert len(read) == polls
    shares = [poll.progress for poll in read]
    assert shares == sorted(shares, key=lambda share: share or 0.0)
    assert shares[-1] == 1.0
    assert all(poll.wait == timedelta(0) for poll in read)


def test_days_without_hours_are_passed_over_when_they_are_empty_twice() -> None:
    knmi = served(10)
    read = read_to_the_end(asked_for(knmi, Period(MIDNIGHT, MIDNIGHT + 60 * DAY)))
    assert [poll.wait > timedelta(0) for poll in read] == [False, True, False]
    (empty,) = [read_to_the_end(asked_for(Knmi({}), Period(MIDNIGHT, MIDNIGHT + DAY)))]
    assert [(len(poll.findings), poll.done) for poll in empty] == [(0, False), (0, True)]
