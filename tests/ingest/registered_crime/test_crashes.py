"""A crash at any moment of a poll, or anything in between: nothing is lost, nothing doubled."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.poll_deaths import MOMENTS, Killed, Moment, before_writing
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    STADSDEEL,
    WIJK,
    Reader,
    expected,
)
from tests.support.examples import examples
from tests.support.odata import ODataService

MONTHS = [f"2025MM{month:02}" for month in range(1, 5)]
OFFENCES = ["0.0.0", "1.1.1"]
AREAS = [GEMEENTE, STADSDEEL, WIJK]


def few() -> ODataService:
    """Few offences and areas, so that a round is short; the other areas have no figures."""
    service = ODataService()
    service.fill(OFFENCES, AREAS, MONTHS)
    return service


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("polls", range(5))
def test_killed_in_a_poll(
    moment: Moment,
    polls: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = few()
    reader = Reader(tmp_path, service)
    for _ in range(polls):
        reader.write(reader.ask())
    if moment is before_writing:
        reader.ask()
    with pytest.raises(Killed):
        moment(reader, monkeypatch)
    reader.restart()
    reader.round()
    reader.round()
    versions = reader.versions()
    reader.close()
    assert {key: value for key, _, value, _ in versions} == expected(service)
    assert {rev for _, rev, _, _ in versions} == {1}


Step = tuple[str, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["poll", "lost", "restart", "revise", "unknown", "month"]),
        st.integers(0, 3),
        st.integers(0, 50),
    ),
    max_size=12,
)


@given(STEPS)
@settings(max_examples=examples(40), deadline=None)
def test_whatever_happens_in_between_the_last_round_tells_the_truth(steps: list[Step]) -> None:
    service = few()
    months = list(MONTHS)
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader(Path(folder), service)
        for what, month, count in steps:
            poll = None
            match what:
                case "poll":
                    poll = reader.ask()
                    reader.write(poll)
                case "lost":
                    reader.ask()
                case "restart":
                    reader.restart()
                case "revise":
                    service.put("1.1.1", WIJK, months[month], count)
                case "unknown":
                    service.put("1.1.1", WIJK, months[month], None)
                case _:
                    months.append(f"2025MM{len(months) + 1:02}" if len(months) < 12 else months[-1])
                    service.fill(OFFENCES, AREAS, [months[-1]])
            if poll is not None:
                # The cursor is a period's key or nothing, however much was read.
                assert len(json.dumps(poll.cursor)) <= len('{"after": "2025MM12"}')
        reader.round()  # what a round found before a change is met again in the next
        reader.round()
        assert reader.current() == expected(service)
        numbered: dict[tuple[str, str, str], list[int]] = {}
        for key, rev, _, _ in reader.versions():
            numbered.setdefault(key, []).append(rev)
        assert all(revs == list(range(1, len(revs) + 1)) for revs in numbered.values())
        reader.close()
