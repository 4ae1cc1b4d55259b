"""The archive layout, and the clock of Amsterdam in it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.p2000.archive import ArchiveState, Columns, read_header, read_row
from ingest.p2000.head import Service
from ingest.p2000.inputs import Line
from ingest.p2000.records import Content, Garbage, Nothing, Page
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import play, write_archive

HEADER = "Discipline,Titel,Beschrijving,Publicatiedatum,Publicatietijd,ts_local"


def read(*rows: str, header: str = HEADER) -> list[Content]:
    state = ArchiveState()
    contents = []
    offset = 0
    for text in (header, *rows):
        line = Line(text.encode(), offset, offset + len(text.encode()) + 1)
        content, state = read_row(line, state)
        contents.append(content)
        offset = line.end
    assert contents[0] == Nothing()
    return contents[1:]


def moments(*locals_: str) -> list[datetime]:
    rows = [f"politie,iets,,,,{local}" for local in locals_]
    return [page.moment for page in read(*rows) if isinstance(page, Page)]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_winter_and_summer_time() -> None:
    assert moments("2026-01-15T12:00:00", "2026-07-15T12:00:00") == [
        utc("2026-01-15T11:00:00"),
        utc("2026-07-15T10:00:00"),
    ]


def test_the_hour_that_spring_skips_is_read_on_the_clock_from_before() -> None:
    assert moments("2026-03-29T01:59:59", "2026-03-29T02:30:00", "2026-03-29T03:00:01") == [
        utc("2026-03-29T00:59:59"),
        utc("2026-03-29T01:30:00"),
        utc("2026-03-29T01:00:01"),
    ]


def test_the_hour_that_autumn_repeats_is_told_apart_by_the_order_of_rows() -> None:
    assert moments(
        "2026-10-25T01:50:00",
        "2026-10-25T02:10:00",
        "2026-10-25T02:50:00",
        "2026-10-25T02:05:00",
        "2026-10-25T02:40:00",
        "2026-10-25T03:00:00",
    ) == [
        utc("2026-10-24T23:50:00"),
        utc("2026-10-25T00:10:00"),
        utc("2026-10-25T00:50:00"),
        utc("2026-10-25T01:05:00"),
        utc("2026-10-25T01:40:00"),
        utc("2026-10-25T02:00:00"),
    ]


def night(*times: str, day: str = "2026-10-25") -> list[str]:
    """Local times of a night, as UTC times of day."""
    return [f"{moment:%H:%M:%S}" for moment in moments(*(f"{day}T{time}" for time in times))]


def test_rows_a_little_out_of_order_set_no_clock_back() -> None:
    assert night("02:10:05", "02:10:03", "02:10:03", "02:20:00") == [
        "00:10:05",
        "00:10:03",
        "00:10:03",
        "00:20:00",
    ]


def test_rows_out_of_order_stay_in_the_second_pass() -> None:
    assert night("02:59:59", "02:00:01", "02:00:00", "02:40:00", "02:05:00") == [
        "00:59:59",
        "01:00:01",
        "01:00:00",
        "01:40:00",
        "01:05:00",
    ]


def test_rows_out_of_order_at_the_edges_of_the_repeated_hour() -> None:
    assert night("02:00:01", "01:59:59", "02:00:02") == ["00:00:01", "23:59:59", "00:00:02"]
    assert night("02:50:00", "02:01:00", "03:00:01", "02:59:59", "03:00:02") == [
        "00:50:00",
        "01:01:00",
        "02:00:01",
        "01:59:59",
        "02:00:02",
    ]


def test_newest_first_and_equal_times_show_no_clock_set_back() -> None:
    assert night("02:50:00", "02:30:00", "02:30:00", "02:05:00") == [
        "00:50:00",
        "00:30:00",
        "00:30:00",
        "00:05:00",
    ]


def test_exactly_half_an_hour_back_is_no_clock_set_back() -> None:
    assert night("02:40:00", "02:10:00") == ["00:40:00", "00:10:00"]
    assert night("02:40:00", "02:09:59") == ["00:40:00", "01:09:59"]


def test_the_hour_that_spring_skips_has_no_second_pass() -> None:
    times = ("02:50:00", "02:05:00", "03:00:01", "02:59:59")
    assert night(*times, day="2026-03-29") == ["01:50:00", "01:05:00", "01:00:01", "01:59:59"]


def test_the_second_pass_of_one_year_says_nothing_of_the_next() -> None:
    assert moments(
        "2025-10-26T02:50:00", "2025-10-26T02:10:00", "2026-10-25T02:10:00", "2026-10-25T02:05:00"
    ) == [
        utc("2025-10-26T00:50:00"),
        utc("2025-10-26T01:10:00"),
        utc("2026-10-25T00:10:00"),
        utc("2026-10-25T00:05:00"),
    ]


@pytest.mark.parametrize("batch", [1, 2, 3, 5])
def test_a_start_in_the_middle_of_the_repeated_hour_goes_on_in_its_pass(
    tmp_path: Path, feed: FeedMaker, batch: int
) -> None:
    times = ("02:10:05", "02:10:03", "02:50:00", "02:10:05", "02:10:03", "02:20:00", "03:00:00")
    streets = ("eikweg", "beukweg", "dennenweg", "iepenweg", "lindeweg", "elzenweg", "esweg")
    rows = [
        (f"2025-10-26T{time}", "brandweer", f"p 1 br woning {street} nijmegen 08213{index}")
        for index, (time, street) in enumerate(zip(times, streets, strict=True))
    ]
    path = write_archive(tmp_path / "archief.csv", rows)
    # Each poll is one of a new connector, with nothing but the cursor.
    found = play(lambda: feed(path, max_batch=batch)).incidents()
    assert [f"{incident.occurred_at:%H:%M:%S}" for incident in found] == [
        "00:10:05",
        "00:10:03",
        "00:50:00",
        "01:10:05",
        "01:10:03",
        "01:20:00",
        "02:00:00",
    ]


def test_a_time_with_a_zone_needs_no_guess() -> None:
    assert moments("2026-10-25T02:05:00+01:00") == [utc("2026-10-25T01:05:00")]
    assert moments("2026-07-01T12:00:00Z") == [utc("2026-07-01T12:00:00")]


def test_date_and_time_columns_do_without_ts_local() -> None:
    header = "Publicatietijd,Titel,Publicatiedatum,Discipline"
    assert read("17:02:22,iets,2026-01-31,brandweer", header=header) == [
        Page(utc("2026-01-31T16:02:22"), "iets", Service.FIRE)
    ]


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("brandweer", Service.FIRE),
        ("Politie", Service.POLICE),
        (" ambulance", Service.AMBULANCE),
        ("trauma", Service.TRAUMA),
        ("knrm", None),
        ("", None),
    ],
)
def test_services(name: str, service: Service | None) -> None:
    (page,) = read(f"{name},tekst,,,,2026-01-01T00:00:00")
    assert isinstance(page, Page)
    assert page.service is service


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ("politie,te kort", "row"),
        ('politie,"open aanhaling,,,,2026-01-01T00:00:00', "row"),
        ("politie,tekst,,,,gisteren", "time"),
        ("politie,tekst,,,,2026-02-30T00:00:00", "time"),
        ("politie,,,,,2026-01-01T00:00:00", "text"),
    ],
)
def test_garbage_rows(row: str, field: str) -> None:
    assert read(row) == [Garbage(field)]


def test_empty_rows_are_nothing_and_quotes_are_read() -> None:
    contents = read("", 'politie,"fiets, auto ""x""",,,,2026-01-01T00:00:00')
    assert contents[0] == Nothing()
    assert isinstance(contents[1], Page)
    assert contents[1].text == 'fiets, auto "x"'


def test_header() -> None:
    assert read_header(HEADER.encode()) == Columns(text=1, service=0, time=(5,))
    assert read_header(b"Titel,ts_local") is None
