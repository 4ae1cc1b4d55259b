"""An insert that was not stored everywhere must be an error.

chdb 4.4.0 does not tell: ``send_insert(...).finish()`` raises for rows that cannot be parsed, and
returns a result for everything that fails after that: a constraint, too many parts (the rows are gone),
a view that throws. ``query("INSERT INTO t FROM INFILE 'path' COMPRESSION 'none' FORMAT X")`` does
raise, and is about as quick, also with a path ``/proc/self/fd/N`` of ``os.memfd_create``. The guarantee
rests on it: what was answered with success is never sent again.
"""

from __future__ import annotations

import pytest

from tests.warehouse.server.conftest import Http, code_of

pytestmark = pytest.mark.integration

SETTINGS = {
    "insert_deduplicate": 1,
    "deduplicate_insert": "enable",
    "deduplicate_blocks_in_dependent_materialized_views": 1,
}


def insert(writer: Http, table: str, value: int) -> int:
    rows = f'INSERT INTO wijkbeeld.{table} FORMAT JSONEachRow\n{{"x":{value}}}'
    return code_of(writer.ask(rows, insert_deduplication_token=f"{value}", **SETTINGS))


def test_a_row_against_a_constraint_is_refused(writer: Http) -> None:
    assert writer.ask(
        "CREATE TABLE wijkbeeld.small (x UInt64, CONSTRAINT small CHECK x < 10) "
        "ENGINE = MergeTree ORDER BY x"
    ).is_success
    assert insert(writer, "small", 3) == 0
    assert insert(writer, "small", 30) == 469
    assert writer.rows("SELECT x FROM wijkbeeld.small") == [["3"]]


def test_too_many_parts_are_an_error_and_not_a_loss(writer: Http) -> None:
    assert writer.ask(
        "CREATE TABLE wijkbeeld.full (x UInt64) ENGINE = MergeTree ORDER BY x "
        "SETTINGS parts_to_delay_insert = 1, parts_to_throw_insert = 1"
    ).is_success
    assert insert(writer, "full", 1) == 0
    assert insert(writer, "full", 2) == 252


def test_a_view_that_throws_fails_the_insert_and_the_same_token_repairs_it(writer: Http) -> None:
    for name in ("log", "now"):
        assert writer.ask(
            f"CREATE TABLE wijkbeeld.{name} (x UInt64) ENGINE = MergeTree ORDER BY x "
            "SETTINGS non_replicated_deduplication_window = 100"
        ).is_success
    throwing = "SELECT x FROM wijkbeeld.log WHERE throwIf(x > 0) = 0"
    view = "CREATE MATERIALIZED VIEW wijkbeeld.v TO wijkbeeld.now AS"
    assert writer.ask(f"{view} {throwing}").is_success
    assert insert(writer, "log", 7) == 395
    assert writer.ask("DROP TABLE wijkbeeld.v").is_success
    assert writer.ask(f"{view} SELECT x FROM wijkbeeld.log").is_success
    for _ in range(2):
        assert insert(writer, "log", 7) == 0
        assert writer.rows("SELECT x FROM wijkbeeld.log") == [["7"]]
        assert writer.rows("SELECT x FROM wijkbeeld.now") == [["7"]]
