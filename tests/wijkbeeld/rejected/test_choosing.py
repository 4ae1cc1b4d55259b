"""What a person writes chooses what it says, or is told what is wrong with it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.errors import SettingsError
from domain.rejects import RejectReason
from warehouse.rejects import RejectFilter
from wijkbeeld.rejected.choosing import choose, in_words, one_source, require_choice


def test_a_time_without_an_offset_is_on_the_clock_of_amsterdam() -> None:
    chosen = choose(since="2026-07-01", until="2026-07-01T10:30+00:00", reason="future")
    assert chosen == RejectFilter(
        reason=RejectReason.FUTURE,
        since=datetime(2026, 6, 30, 22, tzinfo=UTC),
        until=datetime(2026, 7, 1, 10, 30, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"reason": "strange"}, "--reason strange: no such reason; choose from privacy, "),
        ({"since": "soon"}, "--since soon: write a day"),
        ({"until": "32-01-2026"}, "--until"),
    ],
)
def test_what_cannot_be_read_is_one_line(options: dict[str, str], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        choose(**options)  # type: ignore[arg-type]  # all of them are texts
    assert "\n" not in str(caught.value)


def test_one_reject_is_a_source_and_a_receipt() -> None:
    assert one_source("p2000", 7, None) == "p2000"
    assert one_source(None, None, "p2000") == "p2000"
    for argument, receipt, option in (("p2000", None, None), ("p2000", 7, "demo")):
        with pytest.raises(SettingsError, match="SOURCE RECEIPT"):
            one_source(argument, receipt, option)


def test_everything_must_be_said() -> None:
    with pytest.raises(SettingsError, match="say which rejects"):
        require_choice(choose(), every=False)
    assert require_choice(choose(), every=True).is_empty
    assert require_choice(choose(code="x"), every=False) == RejectFilter(code="x")


def test_the_trail_says_what_was_chosen() -> None:
    assert in_words(choose(source="p2000", receipt=7)) == "rejected/p2000/7"
    chosen = choose(reason="future", field="data.occurredAt", since="2026-07-01T00:00+00:00")
    assert in_words(chosen) == (
        "rejected/*/*?reason=future&field=data.occurredAt&since=2026-07-01T00:00:00+00:00"
    )
