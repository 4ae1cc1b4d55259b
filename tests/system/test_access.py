"""People and their tools read the warehouse while the stream runs, and can change nothing."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningWijkbeeld]:
    """A running demo city of which the first events are in."""
    with RunningWijkbeeld(tmp_path_factory.mktemp("demo") / "data") as running:
        wait_until(lambda: int(running.sql("SELECT count() FROM cell FINAL")) > 0, 60, "the first cell")
        yield running


def _access(demo: RunningWijkbeeld) -> dict[str, Any]:
    return dict(json.loads((demo.data_dir / "access.json").read_text()))


def _post(demo: RunningWijkbeeld, sql: str, query: str = "") -> str:
    access = _access(demo)
    login = base64.b64encode(f"{access['user']}:{access['password']}".encode()).decode()
    request = Request(f"{access['url']}/{query}", sql.encode(), {"Authorization": f"Basic {login}"})
    with urlopen(request) as answer:
        return str(answer.read().decode())


def test_plain_http_answers_sql(demo: RunningWijkbeeld) -> None:
    assert int(_post(demo, "SELECT count() FROM event_now FINAL")) > 0
    assert int(_post(demo, "SELECT sum(n) FROM cell FINAL")) > 0


def test_sql_tells_until_when_a_source_is_complete(demo: RunningWijkbeeld) -> None:
    asked = (
        "SELECT complete_until > now() - INTERVAL 1 DAY, troubles FROM source_now WHERE source = 'demo'"
    )
    wait_until(lambda: _post(demo, asked).startswith("1\t"), 60, "the history to be in and a judgement")
    assert _post(demo, asked).strip() == "1\t[]"


def test_clickhouse_connect_answers_sql(demo: RunningWijkbeeld) -> None:
    access = _access(demo)
    client = clickhouse_connect.get_client(
        host=access["host"], port=access["port"], username=access["user"], password=access["password"]
    )
    try:
        cells = client.query("SELECT wijk, theme, hour, n FROM cell FINAL WHERE n > 0 LIMIT 5")
        assert cells.column_names == ("wijk", "theme", "hour", "n")
        assert cells.row_count > 0
        with pytest.raises(DatabaseError):
            client.command("INSERT INTO cell (wijk) VALUES ('BU02680101')")
    finally:
        client.close()


@pytest.mark.parametrize(
    ("sql", "query"),
    [
        ("DROP TABLE cell", ""),
        ("INSERT INTO dirty_done (token) VALUES ('x')", ""),
        ("SELECT 1; SELECT 2", ""),
        ("SELECT 1; DROP TABLE cell", ""),
        ("SELECT 1", "?database=default`;DROP TABLE cell;--"),
        ("SELECT * FROM file('/etc/hostname', 'LineAsString')", ""),
        ("SELECT {x:Identifier}", "?param_x=a`;DROP TABLE cell"),
        ("SELECT 1", "?readonly=0&allow_ddl=1&max_threads=1;DROP"),
    ],
)
def test_writing_and_smuggling_are_refused(demo: RunningWijkbeeld, sql: str, query: str) -> None:
    with pytest.raises(HTTPError) as refused:
        _post(demo, sql, query.replace(" ", "%20"))

    refused.value.close()
    assert refused.value.code >= 400
    assert int(_post(demo, "SELECT count() > 0 FROM cell")) == 1


def test_the_password_is_for_this_user_only(demo: RunningWijkbeeld) -> None:
    assert (demo.data_dir / "access.json").stat().st_mode & 0o077 == 0
    assert (demo.data_dir / "keys" / "warehouse.json").stat().st_mode & 0o077 == 0


def test_a_wrong_password_is_refused(demo: RunningWijkbeeld) -> None:
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(f"{_access(demo)['url']}/?user=lezer&password=x", b"SELECT 1"))

    refused.value.close()
    assert refused.value.code in {401, 403}


def test_no_part_writes_a_value_to_its_log(demo: RunningWijkbeeld, tmp_path: Path) -> None:
    rows = demo.sql("SELECT DISTINCT event_id FROM event_now LIMIT 50").split()
    logs = "".join(path.read_text() for path in (demo.data_dir / "logs").glob("*.log"))

    assert rows
    assert logs
    assert not [event_id for event_id in rows if event_id in logs]
    assert all("event" in json.loads(line) for line in logs.splitlines())
