"""What readers do not get, by both kinds of server, and that no board asks for it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.clickhouse import READER, WRITER, LocalClickHouse
from tests.warehouse.server.conftest import code_of, http_of
from warehouse.client import connect
from warehouse.migrate import migrate
from warehouse.restricted import HIDDEN_COLUMNS
from warehouse.server import User
from warehouse.server.grants import write_engine_files

ROOT = Path(__file__).resolve().parents[2]
USERS = ROOT / "docker" / "clickhouse" / "users.d" / "wijkbeeld.xml"


def revoked(file: Path) -> list[str]:
    return re.findall("<query>(REVOKE .*?)</query>", file.read_text())


def test_the_server_image_and_the_local_server_hide_the_same(tmp_path: Path) -> None:
    reader = User.with_password("lezer", "x" * 16, read_only=True, databases=("default",))
    write_engine_files(tmp_path, {"lezer": reader}, [], {}, HIDDEN_COLUMNS)
    assert revoked(USERS) == revoked(tmp_path / "users.xml") != []


@pytest.mark.integration
def test_a_reader_sees_all_of_our_rejects_but_the_record(tmp_path: Path) -> None:
    hidden = {
        table.replace("default.", "wijkbeeld."): sorted(columns)
        for table, columns in HIDDEN_COLUMNS.items()
    }
    with LocalClickHouse(tmp_path / "data", hidden_columns=hidden) as server:
        client = connect(f"{server.url}/wijkbeeld", WRITER.name, WRITER.password)
        migrate(client)
        client.execute(
            "INSERT INTO rejected (source, receipt, bucket, record, received_at) "
            "VALUES ('demo', 1, today(), 'kept', now())"
        )
        columns = [row[0] for row in client.query("DESCRIBE TABLE rejected")]
        assert client.query("SELECT record FROM rejected") == [("kept",)]
        client.close()
        http = http_of(server, READER)
        for column in columns:
            answer = http.ask(f"SELECT `{column}` FROM rejected FINAL")
            assert code_of(answer) == (497 if column == "record" else 0), column
        assert http.rows("SELECT count() FROM rejected") == [["1"]]
        http.client.close()
