"""Time from cycle and frame."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.p2000.frame_time import frame_moment
from tests.support.shared_data import shared_file
from tests.support.strategies import utc_times


@given(utc_times(), st.integers(0, 14), st.integers(0, 127))
def test_a_frame_was_sent_within_the_last_hour(now: datetime, cycle: int, frame: int) -> None:
    moment = frame_moment(f"{cycle:02}.{frame:03}", now)
    assert now - timedelta(hours=1) < moment <= now + timedelta(seconds=60)
    again = frame_moment(f"{cycle:02}.{frame:03}", now + timedelta(seconds=1))
    assert again - moment in (timedelta(0), timedelta(hours=1))


@pytest.mark.parametrize("frame", ["15.000", "00.128"])
def test_there_are_15_cycles_of_128_frames(frame: str) -> None:
    with pytest.raises(ValueError, match="no such frame"):
        frame_moment(frame, datetime(2026, 1, 1, tzinfo=UTC))


def test_real_lines_carry_the_time_that_their_frame_tells() -> None:
    text = shared_file("p2000/flex_lines_real.txt").read_text()
    found = re.findall(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\D.*?(\d\d\.\d\d\d)\D", text)
    assert len(found) == 17
    for stamp, frame in found:
        printed = datetime.fromisoformat(stamp).replace(tzinfo=UTC)
        told = frame_moment(frame, printed + timedelta(seconds=30))
        assert abs(told - printed) <= timedelta(seconds=2), frame
