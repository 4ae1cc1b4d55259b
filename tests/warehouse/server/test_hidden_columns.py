"""A column that users who may only read do not get, on the real engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.errors import SettingsError
from tests.support.clickhouse import READER, WRITER, LocalClickHouse, TestUser
from tests.warehouse.server.conftest import Http, code_of, http_of
from warehouse.server import ServerConfig, User

SECRET = "jan-de-vries"
AUDITOR = TestUser("auditor", "auditor-password-of-tests", read_only=True)

DENIED = [
    "SELECT record FROM rejected",
    "SELECT * FROM rejected",
    "SELECT * FROM rejected FINAL",
    "SELECT r.record AS x FROM rejected AS r",
    "SELECT `\\x72ecord` FROM wijkbeeld.rejected",
    "SELECT x FROM (SELECT record AS x FROM rejected)",
    "WITH t AS (SELECT * FROM rejected) SELECT * FROM t",
    "WITH record AS x SELECT x FROM rejected",
    "SELECT (SELECT max(record) FROM rejected)",
    "SELECT * FROM view(SELECT record FROM rejected)",
    "SELECT * FROM a_view",
    "SELECT COLUMNS('rec') FROM rejected",
    "SELECT rejected.COLUMNS('rec') FROM rejected",
    "SELECT * EXCEPT source FROM rejected",
    "SELECT * REPLACE (record AS source) FROM rejected",
    "SELECT * APPLY max FROM rejected",
    "SELECT record FROM merge('wijkbeeld', '^rejected$')",
    "SELECT * FROM merge('rejected')",
    "SELECT max(record) FROM merge(REGEXP('wijkbeeld'), 'rejected')",
    "SELECT tuple(*) FROM rejected",
    "SELECT tuple(record) FROM rejected",
    "SELECT untuple(tuple(rejected.*)) FROM rejected",
    "SELECT argMax(record, receipt) FROM rejected",
    "SELECT arrayMap(x -> record, [1]) FROM rejected",
    "SELECT sum(cityHash64(*)) FROM rejected",
    "SELECT record.size FROM rejected",
    "SELECT length(record), empty(record) FROM rejected",
    "SELECT getSubcolumn(record, 'size') FROM rejected",
    "SELECT count() FROM rejected WHERE record LIKE 'j%'",
    "SELECT count() FROM rejected WHERE record != ''",
    "SELECT source FROM rejected PREWHERE record = 'jan-de-vries'",
    "SELECT source FROM rejected ORDER BY record",
    "SELECT source FROM rejected LIMIT 1 BY record",
    "SELECT count() FROM rejected GROUP BY record",
    "SELECT row_number() OVER (ORDER BY record) FROM rejected",
    "SELECT source FROM rejected ARRAY JOIN splitByChar('j', record) AS z",
    "SELECT 1 IN (SELECT receipt FROM rejected WHERE record > 'a')",
    "SELECT a.record FROM rejected AS a JOIN rejected AS b USING receipt",
    "SELECT a.source FROM rejected AS a JOIN (SELECT 'jan-de-vries' AS record) AS b USING record",
    "SELECT record FROM rejected UNION ALL SELECT 'a'",
    "SELECT * FROM loop(wijkbeeld, rejected) LIMIT 1",
    "SELECT {name:Identifier} FROM rejected",
    "EXPLAIN SELECT record FROM rejected",
    "DESCRIBE (SELECT record FROM rejected)",
]

ALLOWED = {
    "SELECT count() FROM rejected": [["1"]],
    "SELECT count() FROM rejected FINAL": [["1"]],
    "SELECT source, receipt, reason FROM rejected": [["demo", "7", "invalid"]],
    "SELECT * EXCEPT record FROM rejected": [["demo", "7", "invalid"]],
    "SELECT reason FROM rejected WHERE receipt IN (SELECT receipt FROM rejected)": [["invalid"]],
    "SELECT record FROM other_table": [["seen by all"]],
    "SELECT name FROM system.columns WHERE table = 'rejected' AND name = 'record'": [["record"]],
}


@pytest.fixture(scope="module")
def hiding(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    folder = tmp_path_factory.mktemp("hiding") / "data"
    hidden = {"wijkbeeld.rejected": ["record"]}
    users = (WRITER, READER, AUDITOR)
    with LocalClickHouse(folder, users=users, hidden_columns=hidden) as server:
        http = http_of(server, WRITER)
        for sql in (
            "CREATE TABLE wijkbeeld.rejected (source LowCardinality(String), receipt UInt64, "
            "reason String, record String) ENGINE = ReplacingMergeTree ORDER BY (source, receipt)",
            f"INSERT INTO wijkbeeld.rejected VALUES ('demo', 7, 'invalid', '{SECRET}')",
            "CREATE VIEW wijkbeeld.a_view AS SELECT * FROM wijkbeeld.rejected",
            "CREATE TABLE wijkbeeld.other_table (record String) ENGINE = Log",
            "INSERT INTO wijkbeeld.other_table VALUES ('seen by all')",
        ):
            http.rows(sql)
        http.client.close()
        yield server


def as_user(server: LocalClickHouse, user: TestUser) -> Iterator[Http]:
    http = http_of(server, user)
    yield http
    http.client.close()


@pytest.fixture(params=[READER, AUDITOR], ids=["of one database", "of all databases"])
def hidden_from(hiding: LocalClickHouse, request: pytest.FixtureRequest) -> Iterator[Http]:
    yield from as_user(hiding, request.param)


@pytest.fixture
def owner(hiding: LocalClickHouse) -> Iterator[Http]:
    yield from as_user(hiding, WRITER)


@pytest.mark.integration
@pytest.mark.parametrize("sql", DENIED)
def test_a_reader_does_not_get_it(hidden_from: Http, owner: Http, sql: str) -> None:
    answer = hidden_from.ask(sql, database="wijkbeeld", param_name="record")
    assert answer.status_code != 200
    assert code_of(answer) == 497, answer.text
    assert SECRET not in answer.text
    # The text itself is right: it is the right to it that is missing.
    assert code_of(owner.ask(sql, database="wijkbeeld", param_name="record")) == 0


@pytest.mark.integration
@pytest.mark.parametrize("sql", ALLOWED)
def test_the_rest_of_the_table_and_other_tables_are_open(hidden_from: Http, sql: str) -> None:
    assert hidden_from.rows(sql, database="wijkbeeld") == ALLOWED[sql]


@pytest.mark.integration
def test_a_reader_can_describe_the_table_and_not_view_through_it(hidden_from: Http) -> None:
    names = [row[0] for row in hidden_from.rows("DESCRIBE TABLE rejected", database="wijkbeeld")]
    assert names == ["source", "receipt", "reason", "record"]
    trial = hidden_from.ask(
        "SELECT * FROM viewIfPermitted(SELECT record FROM rejected ELSE null('record String'))",
        database="wijkbeeld",
    )
    assert trial.text == ""


@pytest.mark.integration
def test_who_may_write_reads_all(owner: Http) -> None:
    sql = "SELECT record, record.size FROM rejected"
    assert owner.rows(sql, database="wijkbeeld") == [[SECRET, str(len(SECRET))]]


@pytest.mark.parametrize(
    "hidden",
    [{"rejected": frozenset({"record"})}, {"a.b": frozenset({"c`d"})}, {"a.`b`": frozenset({"c"})}],
)
def test_only_plain_names_can_be_hidden(tmp_path: Path, hidden: dict[str, frozenset[str]]) -> None:
    user = User.with_password("one", "x" * 16, read_only=True)
    with pytest.raises(SettingsError, match="hidden column"):
        ServerConfig(tmp_path, {"one": user}, hidden_columns=hidden)
