"""What a source may say of where, and how well it was matched."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.places import PLACED, UNPLACED, Location, MatchLevel
from tests.support.strategies import streets


@pytest.mark.parametrize(
    "street",
    [
        "graafseweg",
        "plein 1944",
        "'t zand",
        "st. annastraat",
        "van 't santstraat",
        "prof. bromstraat",
        "sint jacobslaan",
        "derde walstraat",
        "curaçaostraat",
    ],
)
def test_a_street_is_a_name(street: str) -> None:
    assert Location(street=street).street == street


@pytest.mark.parametrize(
    "street",
    [
        "graafseweg 12",
        "graafseweg 12a",
        "graafseweg 1",
        "12 graafseweg",
        "graafseweg 2044",
        "graafseweg 19",
        "graafseweg 19444",
        "plein 1944 12",
        "plein 1944-3",
        "plein 1944a",
        "graafseweg ١٢",
        "graafseweg\n12",
        "graafseweg\nnijmegen",
        "graafseweg\tnijmegen",
        "plein 1944\n",
        "x",
        "",
        "lange zin over iemand die op straat iets doet wat hier niet hoort",
    ],
)
def test_a_house_number_or_a_sentence_is_no_street(street: str) -> None:
    with pytest.raises(ValidationError):
        Location(street=street)


@given(streets().filter(lambda street: "1944" not in street), st.integers(0, 99_999))
def test_no_house_number_follows_a_street(street: str, number: int) -> None:
    written = f"{street} {number}"
    if 1900 <= number <= 1999 and len(street) <= 60:
        # The one form that is let through, since streets are called after years of that century.
        assert Location(street=written).street == written
        return
    with pytest.raises(ValidationError):
        Location(street=written)


@pytest.mark.parametrize("pc6", ["6521AB", "1000AA", "9999ZZ"])
def test_a_postcode_is_four_digits_and_two_capitals(pc6: str) -> None:
    assert Location(pc6=pc6).pc6 == pc6


@pytest.mark.parametrize("pc6", ["6521 AB", "6521ab", "0521AB", "6521", "6521ABC", "٦٥٢١AB", "6521AB\n"])
def test_another_postcode_is_refused(pc6: str) -> None:
    with pytest.raises(ValidationError):
        Location(pc6=pc6)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wijk", "WK026802"),
        ("wijk", "BU0268020"),
        ("wijk", "BU٠٢٦٨٠٢٠٢"),
        ("stadsdeel", "BU02680202"),
        ("stadsdeel", "WK02680"),
        ("gemeente", "268"),
        ("lat", 90.1),
        ("lat", float("nan")),
        ("lat", float("inf")),
        ("lon", -180.1),
        ("lon", float("nan")),
        ("house_number", 12),
    ],
)
def test_another_code_or_point_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Location.model_validate({field: value})


def test_a_place_may_be_unknown_altogether() -> None:
    assert Location().model_dump(exclude_none=True) == {}


def test_an_error_on_a_place_quotes_nothing() -> None:
    with pytest.raises(ValidationError) as caught:
        Location(street="jan de vries 12")
    assert "jan de vries" not in str(caught.value)
    assert "jan de vries" not in repr(caught.value)


def test_an_event_has_a_wijk_or_is_unplaced_or_its_wijk_is_withheld() -> None:
    assert {MatchLevel.STADSDEEL, MatchLevel.GEMEENTE} == UNPLACED
    assert set(MatchLevel) - PLACED - UNPLACED == {MatchLevel.WITHHELD}
