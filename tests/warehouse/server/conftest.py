"""One real local server for all tests of a module, and plain HTTP to speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.clickhouse import READER, WRITER, LocalClickHouse, TestUser


@dataclass(frozen=True)
class Http:
    """Plain HTTP as one user, as curl would send it."""

    client: httpx.Client

    def ask(self, sql: str | bytes, **parameters: Any) -> httpx.Response:
        """POST a statement in the body, with parameters of the address."""
        content = sql.encode() if isinstance(sql, str) else sql
        return self.client.post("/", content=content, params=parameters)

    def rows(self, sql: str, **parameters: Any) -> list[list[str]]:
        """Return the answer's rows as text; fail on an error."""
        answer = self.ask(sql, **parameters)
        assert answer.status_code == 200, answer.text
        return [line.split("\t") for line in answer.text.splitlines()]


def http_of(server: LocalClickHouse, user: TestUser) -> Http:
    """Return plain HTTP as ``user``."""
    return Http(
        httpx.Client(
            base_url=server.url,
            auth=(user.name, user.password),
            headers={"Accept-Encoding": "identity"},
            timeout=60,
            trust_env=False,
        )
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalClickHouse]:
    folder: Path = tmp_path_factory.mktemp("clickhouse") / "data"
    with LocalClickHouse(folder) as running:
        yield running


@pytest.fixture
def writer(server: LocalClickHouse) -> Iterator[Http]:
    http = http_of(server, WRITER)
    yield http
    http.client.close()


@pytest.fixture
def reader(server: LocalClickHouse) -> Iterator[Http]:
    http = http_of(server, READER)
    yield http
    http.client.close()


def code_of(answer: httpx.Response) -> int:
    """ClickHouse error code of an answer; 0 if it is none."""
    return int(answer.headers.get("X-ClickHouse-Exception-Code", "0"))


@pytest.fixture
def table(writer: Http, request: pytest.FixtureRequest) -> str:
    """An empty table with a deduplication window."""
    name = f"wijkbeeld.t{abs(hash(request.node.name))}"
    writer.rows(
        f"CREATE TABLE {name} (a UInt64, b String) ENGINE = MergeTree ORDER BY a "
        "SETTINGS non_replicated_deduplication_window = 100"
    )
    return name
