"""Hourly weather: expected figures, hours and clocks, revisions, and nothing personal."""

from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import SourceRefused, SourceUnavailable, Terminal, Transient
from domain.events import Figure
from domain.metrics import Counter
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.knmi.hours import local_hour, start_of
from ingest.knmi.source import Settings, build
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Poll, Unreadable
from tests.ingest.handing import context_with
from tests.ingest.knmi.hours_served import HEADER, NOON, SAMPLE, Knmi, connector, nijmegen, row, text
from tests.ingest.samples import KEYED, source, unpublished
from tests.support.examples import examples
from tests.support.http_contract import HttpContract, assert_holds
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Misbehaviour, Respond, Shapes
from tests.support.smuggled import SMUGGLED, assert_no_trace

DAY = NOON.date()


def poll(body: str) -> Poll:
    return connector(MemoryClient(lambda _: text(body))).poll(None, NOON)


def figures(found: Poll) -> list[Figure]:
    made = []
    for finding in found.findings:
        assert isinstance(finding, Draft)
        assert isinstance(finding.data, Figure)
        made.append(finding.data)
    return made


def test_an_hour_gives_these_and_no_more() -> None:
    made = figures(poll(SAMPLE.read_text(encoding="utf-8")))
    assert len(made) == 24
    assert made[0].model_dump(mode="json", exclude_none=True) == {
        "kind": "figure",
        "measure": "knmi.temperature.h23",
        "area": "GM0268",
        "period_start": "2026-02-28",
        "period_end": "2026-03-01",
        "value": -1.5,
        "status": "provisional",
        "unit": "celsius",
        "boundary_year": nijmegen().boundary_year,
    }
    by_hour = {figure.measure: figure for figure in made}
    # Hour 24 of UTC begins at midnight in Amsterdam.
    assert by_hour["knmi.temperature.h00"].period_start == date(2026, 3, 1)
    assert by_hour["knmi.precipitation.h01"].value == 2.5
    assert by_hour["knmi.snow.h00"].value == 1.0


def test_missing_is_unknown_zero_is_zero_and_a_trace_is_neither() -> None:
    by_hour = {f.measure: f for f in figures(poll(SAMPLE.read_text(encoding="utf-8")))}
    missing, nothing = by_hour["knmi.wind-mean.h00"], by_hour["knmi.precipitation.h23"]
    trace = by_hour["knmi.precipitation.h00"]
    assert (missing.value, missing.status) == (None, "unknown")
    assert (nothing.value, nothing.status, nothing.upper) == (0.0, "provisional", None)
    assert (trace.value, trace.lower, trace.upper) == (0.025, 0.0, 0.05)


def test_hours_over_the_change_of_the_clock_are_apart() -> None:
    spring = [local_hour(start_of(date(2026, 3, 29), number)) for number in (1, 2)]
    assert [hour.label for hour in spring] == ["h01", "h03"]
    autumn = [local_hour(start_of(date(2026, 10, 25), number)) for number in (1, 2, 3)]
    assert [hour.label for hour in autumn] == ["h02", "h02b", "h03"]


@given(st.integers(0, 24 * 366 * 3))
def test_no_two_hours_have_one_day_and_label(hours: int) -> None:
    start = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    around = [local_hour(start + timedelta(hours=n)) for n in range(-26, 27)]
    assert len(set(around)) == len(around)


@pytest.mark.parametrize("number", [0, 25])
def test_there_is_no_such_hour(number: int) -> None:
    with pytest.raises(ValueError, match="1-24"):
        start_of(DAY, number)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (row(DAY, 1).replace("  100", "  9999"), "t"),
        (row(DAY, 1).replace("  100", "  1.5"), "t"),
        (row(DAY, 1).replace("20260310", "20261310"), "time"),
        (row(DAY, 25), "time"),
    ],
)
def test_a_row_that_cannot_be_read_is_one_reject(line: str, field: str) -> None:
    (finding,) = poll(HEADER + line).findings
    assert isinstance(finding, Unreadable)
    assert finding.field == field


def test_rows_of_another_station_are_left_out() -> None:
    found = poll(HEADER + row(DAY, 1).replace("275", "260"))
    assert (list(found.findings), found.filtered) == ([], {Counter.FILTERED_OTHER_REGION: 1})


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html>", SourceUnavailable),
        (HEADER + row(DAY, 1)[:-3], SourceUnavailable),
        (HEADER + "  275,20260310\n", SourceUnavailable),
        ("# STN,YYYYMMDD,HH,T\n", SourceRefused),
        ("# niets\n" + row(DAY, 1), SourceRefused),
        (HEADER + row(DAY, 1).replace("275", "260") * 5_001, SourceRefused),
    ],
)
def test_another_format_is_told(body: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        poll(body)


# Between polls.


def served(*days: int) -> Knmi:
    return Knmi({(DAY - timedelta(days=ago), 12): "100" for ago in days})


def test_all_hours_of_each_day_are_asked_for() -> None:
    server = served(1)
    connector(MemoryClient(lambda a: server.respond(a))).poll(None, NOON)
    query = MemoryClient(server.respond)
    connector(query).poll(None, NOON)
    assert query.asked[0].query == {
        "stns": "275",
        "vars": "T:FH:FX:RH:DR:S:O:Y",
        "start": "2026030101",
        "end": "2026031024",
    }


def test_history_is_read_a_month_at_a_time_and_the_last_days_again() -> None:
    client = MemoryClient(served(*range(70)).respond)
    reading = connector(client, history=69)
    found, cursor, waits = set(), None, []
    for _ in range(3):
        read = reading.poll(cursor, NOON)
        cursor = read.cursor
        waits.append(read.wait > timedelta(0))
        found |= {finding.event_id for finding in read.findings}
    assert waits == [False, False, True]
    assert len(found) == 70 * 8
    assert cursor == {"version": 1, "since": "2026-03-07", "was_empty": False}


def test_a_source_that_is_behind_leaves_no_gap() -> None:
    server = served(8, 7)
    reading = connector(MemoryClient(server.respond))
    first = reading.poll(None, NOON)
    assert first.cursor["since"] == "2026-03-03"
    later = NOON + timedelta(days=20)
    empty = connector(MemoryClient(served().respond)).poll(first.cursor, later)
    assert (empty.cursor["since"], empty.cursor["was_empty"]) == ("2026-03-03", True)


def test_a_station_that_was_away_for_a_month_is_passed_over() -> None:
    reading = connector(MemoryClient(served(1).respond), history=60)
    first = reading.poll(None, NOON)
    assert (first.cursor["was_empty"], first.wait) == (True, timedelta(hours=1))
    second = reading.poll(first.cursor, NOON)
    assert (second.cursor["since"], second.wait) == ("2026-02-09", timedelta(0))


def _written(path: Path) -> dict[str, list[float | None]]:
    """Values of the temperatures in the outbox, by id, oldest version first."""
    found: dict[str, list[float | None]] = {}
    for record in unpublished(path):
        content = json.loads(record.payload)
        if content["data"]["measure"].startswith("knmi.temperature"):
            found.setdefault(content["id"], []).append(content["data"].get("value"))
    return found


@pytest.mark.slow  # an outbox on disk for each example
@settings(deadline=None, max_examples=examples(25))
@given(
    rounds=st.lists(
        st.dictionaries(
            st.tuples(st.integers(0, 3), st.integers(1, 24)), st.integers(-99, 99), max_size=6
        ),
        min_size=1,
        max_size=5,
    ),
    crashes=st.sets(st.integers(0, 4)),
)
def test_whatever_is_revised_and_whenever_it_dies_the_outbox_has_the_last_value_once(
    rounds: list[dict[tuple[int, int], int]], crashes: set[int]
) -> None:
    server, ours = served(), source("knmi")
    truth: dict[str, float] = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "outbox.sqlite"
        for number, changes in enumerate(rounds):
            for (ago, hour), tenths in changes.items():
                day = DAY - timedelta(days=ago)
                server.temperatures[day, hour] = str(tenths)
                moment = start_of(day, hour).isoformat()
                truth[KEYED.id("knmi", "275", "T", moment)] = tenths / 10
            for dies in (True, False) if number in crashes else (False,):
                outbox = Outbox(path, KEYED, "nijmegen", patience=5.0)
                outbox.register([ours])
                cursor = outbox.place("knmi", Lane.LIVE).cursor
                found = connector(MemoryClient(server.respond)).poll(cursor, NOON)
                if not dies:
                    outbox.write(ours, Lane.LIVE, found, NOON, None)
                outbox.close()
        written = _written(path)
    assert {key: values[-1] for key, values in written.items()} == truth
    for values in written.values():
        assert all(one != next_one for one, next_one in pairwise(values))


# Nothing personal.


def _out(body: str) -> str:
    try:
        found = poll(body)
    except (Transient, Terminal) as error:
        return f"{error} {error.__cause__} {None if error.__suppress_context__ else error.__context__}"
    return repr(found.findings) + json.dumps(found.cursor)


def test_nothing_smuggled_into_a_cell_or_a_comment_comes_out(caplog: pytest.LogCaptureFixture) -> None:
    cells = row(DAY, 1).rstrip("\n").split(",")
    with caplog.at_level(logging.DEBUG):
        for item in SMUGGLED:
            traces = [trace for trace in item.traces if not (trace.isdigit() and len(trace) == 4)]
            assert_no_trace(item.kind, _out(f"# {item.value}\n{HEADER}{row(DAY, 1)}"), traces=traces)
            for place in range(len(cells)):
                for value in (item.value, f"{cells[place]} {item.value}"):
                    line = ",".join([*cells[:place], value, *cells[place + 1 :]])
                    assert_no_trace(item.kind, _out(f"{HEADER}{line}\n"), traces=traces)
    assert caplog.records == []


# The source.


def test_the_settings_make_a_source() -> None:
    client = MemoryClient(served(1, 2).respond)
    context = SourceContext(nijmegen(), KEYED, None, False, 1, NOON)
    made = build("knmi", Settings(station=275), context_with(context, client, ""))
    assert len(made.feeds[0].connector.poll(None, NOON).findings) == 16


def _days() -> Respond:
    return served(*range(1, 6)).respond


CONTRACT = HttpContract(
    connector=lambda client, url: connector(client, f"{url}/klimatologie/uurgegevens"),
    source=_days,
    shapes=Shapes(empty=text(HEADER), changed=lambda body: body.replace(b"YYYYMMDD", b"DATUM")),
    secrets=("275,2026", "vars"),
    start=NOON,
)


@pytest.mark.integration
@pytest.mark.parametrize("misbehaviour", Misbehaviour, ids=lambda m: m.name.lower())
def test_nothing_is_lost_doubled_or_told(
    misbehaviour: Misbehaviour, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert_holds(CONTRACT, misbehaviour, tmp_path, caplog)
