"""Which settings a request may change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.server import Limits, User
from warehouse.server.errors import ClickHouseError
from warehouse.server.settings import engine_settings, reader_bounds, set_statement
from warehouse.server.tokens import tokens

PASSWORD = "a-password-of-the-tests"
READER = User.with_password("r", PASSWORD, read_only=True)
WRITER = User.with_password("w", PASSWORD, read_only=False)
LIMITS = Limits()
BOUNDS = {name: str(value) for name, value in reader_bounds(LIMITS).items()}


def test_a_writer_passes_the_settings_of_an_insert() -> None:
    address = {
        "insert_deduplication_token": "a'b",
        "deduplicate_blocks_in_dependent_materialized_views": "1",
        "async_insert": "0",
        "query": "SELECT 1",
        "session_id": "x",
        "param_a": "1",
        "log_comment": "x",
    }

    assert engine_settings(address, WRITER, LIMITS) == {
        "insert_deduplication_token": "a'b",
        "deduplicate_blocks_in_dependent_materialized_views": "1",
        "async_insert": "0",
    }


@pytest.mark.parametrize("name", sorted(BOUNDS))
@given(value=st.one_of(st.integers(), st.floats(), st.text(max_size=5)).map(str))
def test_a_reader_never_gets_above_a_bound(name: str, value: str) -> None:
    try:
        found = engine_settings({name: value}, READER, LIMITS)
    except ClickHouseError as error:
        assert error.code == 36
    else:
        assert 0 < int(found[name]) <= int(BOUNDS[name])


@pytest.mark.parametrize(
    "name", ["output_format_json_quote_64bit_integers", "max_threads", "session_timezone"]
)
def test_a_reader_may_choose_how_an_answer_looks(name: str) -> None:
    assert engine_settings({name: "1"}, READER, LIMITS) == {**BOUNDS, name: "1"}


@pytest.mark.parametrize(
    ("name", "value"), [("readonly", "1"), ("readonly", "2"), ("async_insert", "0")]
)
def test_what_changes_nothing_is_passed_over(name: str, value: str) -> None:
    assert engine_settings({name: value}, READER, LIMITS) == BOUNDS


@pytest.mark.parametrize(
    ("name", "value", "user", "code"),
    [
        ("readonly", "0", READER, 164),
        ("allow_ddl", "1", READER, 164),
        ("format_schema", "x", READER, 164),
        ("profile", "x", READER, 164),
        ("profile", "x", WRITER, 164),
        ("a b", "1", WRITER, 36),
        ("a=1,b", "1", WRITER, 36),
        ("", "1", WRITER, 36),
    ],
)
def test_what_is_refused(name: str, value: str, user: User, code: int) -> None:
    with pytest.raises(ClickHouseError) as refused:
        engine_settings({name: value}, user, LIMITS)
    assert refused.value.code == code


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=40))
def test_a_value_stays_a_value(value: str) -> None:
    kinds = [token.kind for token in tokens(set_statement({"a": value}).encode())]

    assert kinds == ["word", "word", "mark", "string"]
