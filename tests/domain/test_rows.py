"""Versions and times as rows carry them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rows import clickhouse_time, pack_version
from tests.support.strategies import utc_times

UINT32 = st.integers(0, 2**32 - 1)


@given(UINT32, UINT32, UINT32, UINT32)
def test_versions_are_ordered_by_rev_and_then_by_the_area_tables(
    rev: int, geo_v: int, other_rev: int, other_geo_v: int
) -> None:
    one, other = pack_version(rev, geo_v), pack_version(other_rev, other_geo_v)
    assert (one < other) == ((rev, geo_v) < (other_rev, other_geo_v))
    assert (one == other) == ((rev, geo_v) == (other_rev, other_geo_v))


@given(UINT32, UINT32)
def test_a_version_fits_in_64_unsigned_bits_and_comes_apart_again(rev: int, geo_v: int) -> None:
    version = pack_version(rev, geo_v)
    assert 0 <= version < 2**64
    assert divmod(version, 2**32) == (rev, geo_v)


def test_a_version_is_pinned() -> None:
    assert pack_version(1, 7) == 4_294_967_303


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 29, 1, 2, 3, tzinfo=UTC), "2026-03-29 01:02:03.000"),
        (datetime(2026, 3, 29, 1, 2, 3, 999_999, tzinfo=UTC), "2026-03-29 01:02:03.999"),
        (datetime(2026, 3, 29, 1, 2, 3, 1_000, tzinfo=UTC), "2026-03-29 01:02:03.001"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2025-12-31 23:30:00.000"),
    ],
)
def test_a_time_is_written_in_utc_with_milliseconds(moment: datetime, text: str) -> None:
    assert clickhouse_time(moment) == text


@given(utc_times())
def test_a_written_time_loses_less_than_a_millisecond(moment: datetime) -> None:
    text = clickhouse_time(moment)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}", text)
    lost = moment - datetime.fromisoformat(text).replace(tzinfo=UTC)
    assert timedelta(0) <= lost < timedelta(milliseconds=1)
