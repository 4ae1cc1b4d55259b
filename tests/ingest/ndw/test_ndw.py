"""The national feed: expected incidents, a hardened parse, versions, and nothing personal."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import SettingsError
from domain.events import Incident
from domain.metrics import Counter
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.ndw.connector import MAX_KNOWN
from ingest.ndw.source import Settings, build
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Poll, Unreadable
from tests.ingest.fakes import TurnedClock
from tests.ingest.handing import context_with
from tests.ingest.ndw.feeds import NOON, connector, feed, holds, nijmegen, page, poll, record, sample
from tests.ingest.samples import KEYED, source, unpublished
from tests.support.examples import examples
from tests.support.http_contract import client_of
from tests.support.http_memory import MemoryClient
from tests.support.http_source import HttpSource


def incidents(found: Poll) -> list[tuple[Draft, Incident]]:
    pairs = []
    for finding in found.findings:
        assert isinstance(finding, Draft)
        assert isinstance(finding.data, Incident)
        pairs.append((finding, finding.data))
    return pairs


def only(body: bytes) -> tuple[Draft, Incident]:
    (pair,) = incidents(poll(body))
    return pair


# Expected events.


def test_version_3_gives_these_and_no_more() -> None:
    found = poll(sample("incidents_v3.xml"))
    assert [data.model_dump(mode="json", exclude_none=True) for _, data in incidents(found)] == [
        {
            "kind": "incident",
            "occurred_at": "2026-03-01T11:30:00Z",
            "category": "ongeval",
            "theme": "verkeersongeval",
            "severity": 5,
            "counts": True,
            "location": {"gemeente": "GM0268", "lat": 51.8457, "lon": 5.8654},
            "service": "overig",
            "units": 0,
        },
        {
            "kind": "incident",
            "occurred_at": "2026-03-01T11:50:00Z",
            "category": "voertuig-op-de-weg",
            "theme": "verkeersoverlast",
            "severity": 1,
            "counts": True,
            "location": {"gemeente": "GM0268", "lat": 51.85, "lon": 5.85},
            "service": "overig",
            "units": 0,
        },
    ]
    assert [draft.revision for draft, _ in incidents(found)] == [2, 1]
    assert found.filtered == {Counter.FILTERED_OTHER_REGION: 1, Counter.FILTERED_LEFT_OUT: 1}


def test_version_2_of_the_format_has_the_same_identity_and_a_cancellation_retracts() -> None:
    newer, _ = incidents(poll(sample("incidents_v3.xml")))[0]
    draft, data = only(sample("incidents_v2.xml"))
    assert draft.event_id == newer.event_id
    assert (draft.revision, draft.deleted, data.category) == (3, True, "ongeval")


def test_what_ended_stays() -> None:
    ended = "<management><lifeCycleManagement><end>true</end></lifeCycleManagement></management>"
    draft, data = only(feed([record(more=ended)]))
    assert (draft.deleted, data.counts) == (False, True)


@pytest.mark.parametrize(
    ("header", "more"),
    [
        ("<headerInformation><informationStatus>test</informationStatus></headerInformation>", ""),
        ("", "<probabilityOfOccurrence>riskOf</probabilityOfOccurrence>"),
    ],
)
def test_tests_and_risks_do_not_count(header: str, more: str) -> None:
    _, data = only(feed([record(more=more)], header))
    assert data.counts is False


def test_where_a_detour_leads_is_not_where_it_is() -> None:
    away = record(lat="52.37", more="<alternativeRoute><posList>51.84 5.86</posList></alternativeRoute>")
    assert poll(feed([away])).filtered == {Counter.FILTERED_OTHER_REGION: 1}


@pytest.mark.parametrize("text", ["5.86 51.84", "51.84 5.86"])
def test_either_order_of_coordinates_is_understood(text: str) -> None:
    _, data = only(feed([record(lat="0", more=f"<posList>{text}</posList>")]))
    assert (data.location.lat, data.location.lon) == (51.84, 5.86)


CANCELLED = "<lifeCycleManagement><cancel>true</cancel></lifeCycleManagement>"


@pytest.mark.parametrize(
    "after",
    [
        record(version=2, lat="52.37"),
        record(version=2, lat="", more=CANCELLED),
        record(version=2, kind="AbnormalTraffic"),
        record(version=2, kind="AbnormalTraffic", more=CANCELLED),
        record(version=2, began="2026-03-01T15:00:00Z", more=CANCELLED),
    ],
    ids=[
        "moved away",
        "cancelled without a place",
        "now a queue",
        "a cancelled queue",
        "before it began",
    ],
)
def test_what_counted_and_is_no_incident_here_any_more_is_taken_back(after: str) -> None:
    first = poll(feed([record()]))
    second = poll(feed([after]), first.cursor)
    ((draft, data),) = incidents(second)
    assert (draft.event_id, draft.revision) == (incidents(first)[0][0].event_id, 2)
    assert draft.deleted
    assert data.occurred_at <= NOON
    assert poll(feed([after]), second.cursor).findings == []
    # And where it comes back it counts again.
    assert [d.deleted for d, _ in incidents(poll(feed([record(version=3)]), second.cursor))] == [False]


def test_what_never_counted_is_not_taken_back() -> None:
    first = poll(feed([record(lat="52.37")]))
    assert poll(feed([record(version=2, lat="", more=CANCELLED)]), first.cursor).findings == []


def test_what_is_announced_waits_until_it_has_begun() -> None:
    body = feed([record(began="2026-03-01T15:00:00Z")])
    reading = connector(MemoryClient(lambda _: page(body, etag='"1"')))
    first = reading.poll(None, NOON)
    assert (list(first.findings), first.cursor["etag"]) == ([], None)
    assert len(reading.poll(first.cursor, NOON.replace(hour=16)).findings) == 1


@pytest.mark.parametrize(
    ("text", "field"),
    [
        (record(began="2026-03-01T11:30:00"), "overallStartTime"),
        (record(began="gisteren"), "overallStartTime"),
        (record().replace('version="1"', 'version="een"'), "version"),
        (record().replace('id="R1"', ""), "id"),
    ],
)
def test_what_cannot_be_read_is_a_reject_with_the_name_of_the_field(text: str, field: str) -> None:
    (finding,) = poll(feed([text])).findings
    assert isinstance(finding, Unreadable)
    assert finding.field == field


# Between polls.


def test_what_was_read_is_neither_given_nor_counted_again() -> None:
    body = sample("incidents_v3.xml")
    first = poll(body)
    second = poll(body, first.cursor)
    assert (list(second.findings), dict(second.filtered)) == ([], {})


@pytest.mark.integration
def test_an_unchanged_feed_is_not_sent() -> None:
    clock = TurnedClock(NOON)
    with (
        HttpSource(lambda _: page(feed([record()]), etag='"1"')) as server,
        client_of(server, clock) as client,
    ):
        reading = connector(client, server.url)
        first = reading.poll(None, NOON)
        second = reading.poll(first.cursor, NOON)
        assert server.asked[1].headers["if-none-match"] == '"1"'
    assert (len(first.findings), len(second.findings)) == (1, 0)
    assert second.cursor == first.cursor


def test_the_cursor_is_bounded() -> None:
    many = feed(record(f"R{n}", lat="52.37") for n in range(MAX_KNOWN + 500))
    assert len(json.dumps(poll(many).cursor)) < 20 * MAX_KNOWN


# The source.


def test_without_polygons_it_says_what_to_do() -> None:
    context = SourceContext(nijmegen(), KEYED, None, False, 1, NOON)
    with pytest.raises(SettingsError, match="wijkbeeld areas fetch"):
        build("ndw", Settings(), context)


def test_the_settings_make_a_source() -> None:
    client = MemoryClient(lambda _: page(sample("incidents_v3.xml")))
    context = SourceContext(nijmegen(), KEYED, None, False, 1, NOON, holds=holds)
    made = build("ndw", Settings(), context_with(context, client, ""))
    assert len(made.feeds[0].connector.poll(None, NOON).findings) == 2
    assert made.feeds[0].lane is Lane.LIVE


# A crash at any moment.


@pytest.mark.slow  # an outbox on disk for each example
@settings(deadline=None, max_examples=examples(25))
@given(
    feeds=st.lists(
        st.dictionaries(st.integers(1, 5), st.tuples(st.integers(1, 4), st.booleans())), max_size=5
    ),
    crashes=st.sets(st.integers(0, 4)),
)
def test_a_crash_between_poll_and_commit_loses_and_doubles_nothing(
    feeds: list[dict[int, tuple[int, bool]]], crashes: set[int]
) -> None:
    truth: dict[int, tuple[int, bool]] = {}
    cancel = "<lifeCycleManagement><cancel>true</cancel></lifeCycleManagement>"
    ours = source("ndw")
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.sqlite"
        for number, given_feed in enumerate(feeds):
            records = []
            for key, (version, gone) in given_feed.items():
                known = truth.get(key, (0, False))
                now = known if version <= known[0] else (version, gone)
                truth[key] = now
                records.append(record(f"R{key}", now[0], more=cancel if now[1] else ""))
            for attempt in range(2 if number in crashes else 1):
                outbox = Outbox(path, KEYED, "nijmegen", patience=5.0)
                outbox.register([ours])
                found = poll(feed(records), outbox.place("ndw", Lane.LIVE).cursor)
                if attempt == (1 if number in crashes else 0):
                    outbox.write(ours, Lane.LIVE, found, NOON, None)
                outbox.close()
        written: dict[str, list[dict[str, Any]]] = {}
        for each in unpublished(path) if feeds else []:
            content = json.loads(each.payload)
            written.setdefault(content["id"], []).append(content)
    ids = {KEYED.id("ndw", f"R{key}"): gone for key, (_, gone) in truth.items()}
    assert {key: bool(versions[-1]["deleted"]) for key, versions in written.items()} == ids
    for versions in written.values():
        revs = [content["rev"] for content in versions]
        assert len(set(revs)) == len(revs)
