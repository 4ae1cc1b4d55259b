"""What a session keeps from one request to the next, and what it does not."""

from __future__ import annotations

import concurrent.futures

import pytest

from tests.support.clickhouse import WRITER, LocalClickHouse
from tests.support.waiting import wait_until
from tests.warehouse.server.conftest import Http, code_of, http_of

pytestmark = pytest.mark.integration


def test_set_and_use_last_for_the_session(writer: Http) -> None:
    writer.rows("SET max_block_size = 77", session_id="s1")
    writer.rows("USE system", session_id="s1")

    inside = writer.rows("SELECT getSetting('max_block_size'), currentDatabase()", session_id="s1")
    outside = writer.rows("SELECT getSetting('max_block_size'), currentDatabase()")

    assert inside == [["77", "system"]]
    assert outside != inside


@pytest.mark.parametrize("tied", [False, True])
def test_settings_of_one_request_do_not_stay(writer: Http, tied: bool) -> None:
    session = f"s2-{tied}"
    if tied:
        writer.rows("CREATE TEMPORARY TABLE holds (a UInt8)", session_id=session)
    writer.rows("SET max_block_size = 77", session_id=session)
    sql = "SELECT getSetting('max_block_size'), getSetting('max_threads') = 3, currentDatabase()"

    here = writer.rows(sql, session_id=session, max_block_size="5", max_threads="3", database="system")
    in_text = writer.rows("SELECT 1 SETTINGS max_threads = 3", session_id=session)
    readonly = writer.ask("SELECT 1", session_id=session, readonly="1")
    later = writer.rows(sql, session_id=session)

    assert here == [["5", "1", "system"]]
    assert (in_text, readonly.text) == ([["1"]], "1\n")
    assert later == [["77", "0", "default"]]
    writer.rows("SET max_block_size = 78", session_id=session)


def test_a_temporary_table_lasts_for_the_session(writer: Http) -> None:
    writer.rows("CREATE TEMPORARY TABLE mine (a UInt8)", session_id="s3")
    writer.rows("INSERT INTO mine VALUES (1), (2)", session_id="s3")
    writer.rows("INSERT INTO mine FORMAT CSV\n3", session_id="s3")

    assert writer.rows("SELECT sum(a) FROM mine", session_id="s3") == [["6"]]
    assert code_of(writer.ask("SELECT sum(a) FROM mine", session_id="s4")) == 60
    assert code_of(writer.ask("SELECT sum(a) FROM mine")) == 60


def test_a_session_ends_after_its_time(writer: Http) -> None:
    writer.rows("CREATE TEMPORARY TABLE mine (a UInt8)", session_id="s5", session_timeout="0.001")

    def forgotten() -> bool:
        # Every request keeps a session, so its time must be shorter than the pause between two.
        answer = writer.ask("SELECT 1", session_id="s5", session_check="1", session_timeout="0.001")
        return code_of(answer) == 372

    assert wait_until(forgotten, what="the session to be forgotten")


def test_a_session_that_must_exist(writer: Http) -> None:
    assert code_of(writer.ask("SELECT 1", session_id="never", session_check="1")) == 372


@pytest.mark.parametrize("timeout", ["0", "-1", "x", "nan", "3601"])
def test_a_session_time_that_is_none(writer: Http, timeout: str) -> None:
    assert code_of(writer.ask("SELECT 1", session_id="s6", session_timeout=timeout)) == 36


def test_a_busy_session_is_locked(server: LocalClickHouse, writer: Http) -> None:
    other = http_of(server, WRITER)
    with writer.client.stream(
        "POST", "/", params={"session_id": "busy"}, content=b"SELECT number FROM numbers(1e12)"
    ) as first:
        pieces = first.iter_raw()
        next(pieces)
        answer = other.ask("SELECT 1", session_id="busy")
        elsewhere = other.rows("SELECT 1", session_id="free")

    assert (answer.status_code, code_of(answer)) == (400, 373)
    assert elsewhere == [["1"]]
    wait_until(
        lambda: other.ask("SELECT 1", session_id="busy").status_code == 200,
        what="the session to be free after its client left",
    )
    other.client.close()


def test_two_clients_work_at_once(server: LocalClickHouse, writer: Http) -> None:
    writer.rows("CREATE TABLE wijkbeeld.both (who UInt8, n UInt64) ENGINE = MergeTree ORDER BY n")

    def work(who: int) -> int:
        http = http_of(server, WRITER)
        for number in range(30):
            http.rows(f"INSERT INTO wijkbeeld.both FORMAT CSV\n{who},{number}\n")
            http.rows("SELECT count() FROM wijkbeeld.both")
        http.client.close()
        return who

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [0, 1, 2, 3]
    assert writer.rows(
        "SELECT who, count(), uniqExact(n) FROM wijkbeeld.both GROUP BY who ORDER BY who"
    ) == [[str(who), "30", "30"] for who in range(4)]
