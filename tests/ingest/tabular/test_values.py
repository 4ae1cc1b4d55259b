"""Cells as they are written in the Netherlands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.clock import AMSTERDAM
from ingest.tabular.rows import Cell
from ingest.tabular.values import date_of, number_of, text_of, time_of, whole_of

NOON = time(12, 0)


@pytest.mark.parametrize(
    ("cell", "decimal", "number"),
    [
        ("1.234,5", ",", 1234.5),
        ("12,3", ",", 12.3),
        ("-0,4", ",", -0.4),
        ("1234", ",", 1234.0),
        ("1 234", ",", 1234.0),
        ("1,234.5", ".", 1234.5),
        ("0", ",", 0.0),
        (7, ",", 7.0),
        (7.25, ",", 7.25),
        (None, ",", None),
        ("  ", ",", None),
    ],
)
def test_numbers(cell: Cell, decimal: str, number: float | None) -> None:
    assert number_of(cell, decimal) == number


@pytest.mark.parametrize(
    ("cell", "decimal"),
    [
        ("1.5", ","),
        ("1,5", "."),
        ("12a", ","),
        ("1e5", "."),
        ("nan", "."),
        ("inf", ","),
        ("٣", ","),
        (True, ","),
    ],
)
def test_what_is_no_number_is_refused_without_being_repeated(cell: Cell, decimal: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a number$"):
        number_of(cell, decimal)


@pytest.mark.parametrize(
    "text",
    ["2026-03-05", "05-03-2026", "5/3/2026", "5.3.2026", "5 maart 2026", "5 mrt 2026", "20260305"],
)
def test_dates(text: str) -> None:
    assert date_of(text, (), AMSTERDAM) == date(2026, 3, 5)


def test_a_form_of_the_mapping_goes_before_all_others() -> None:
    assert date_of("03-05-26", ("%m-%d-%y",), AMSTERDAM) == date(2026, 3, 5)
    with pytest.raises(ValueError, match="form expected"):
        date_of("2026-03-05", ("%d-%m-%Y",), AMSTERDAM)


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2026-01-10 12:30", datetime(2026, 1, 10, 11, 30, tzinfo=UTC)),
        ("10-07-2026 12:30:15", datetime(2026, 7, 10, 10, 30, 15, tzinfo=UTC)),
        ("2026-07-10T12:30:00Z", datetime(2026, 7, 10, 12, 30, tzinfo=UTC)),
        ("2026-07-10T12:30:00+02:00", datetime(2026, 7, 10, 10, 30, tzinfo=UTC)),
        ("10-07-2026", datetime(2026, 7, 10, 10, 0, tzinfo=UTC)),
        (date(2026, 1, 10), datetime(2026, 1, 10, 11, 0, tzinfo=UTC)),
        (datetime(2026, 7, 10, 8, 0), datetime(2026, 7, 10, 6, 0, tzinfo=UTC)),  # noqa: DTZ001 - as a workbook has it
        # The hour that is skipped, and the first of the two that are one.
        ("2026-03-29 02:30", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("2026-10-25 02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_times_follow_the_clock_of_amsterdam(cell: Cell, moment: datetime) -> None:
    assert time_of(cell, (), AMSTERDAM, NOON) == moment


def test_whole_numbers_and_texts() -> None:
    assert (whole_of("12"), whole_of(12), whole_of(12.0), whole_of("")) == (12, 12, 12, None)
    assert (text_of(12.0), text_of(" a  b "), text_of(True), text_of(" ")) == ("12", "a b", "ja", None)
    with pytest.raises(ValueError, match="whole"):
        whole_of("1,5")


@given(st.text(max_size=30))
def test_no_text_gives_another_error_or_is_repeated_in_one(text: str) -> None:
    for read in (
        lambda: number_of(text, ","),
        lambda: whole_of(text),
        lambda: date_of(text, (), AMSTERDAM),
        lambda: time_of(text, (), AMSTERDAM, NOON),
    ):
        try:
            read()
        except ValueError as error:
            assert str(error).startswith("is not a ")


@given(st.floats(-1e12, 1e12).map(lambda x: round(x, 3)))
def test_a_dutch_number_comes_back(number: float) -> None:
    written = f"{number:,.3f}".translate(str.maketrans(",.", ".,"))
    assert number_of(written, ",") == pytest.approx(number)
