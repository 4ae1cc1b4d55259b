"""The gateway as clients meet it."""

from __future__ import annotations

import re
import socket
import threading
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from domain.areas import Municipality
from domain.errors import ResourceTaken
from ingest.outbox.store import Outbox
from tests.ingest.gateway.serving import (
    BATCH,
    PROBLEM,
    STRUCTURED,
    Served,
    SetClock,
    event,
    is_problem,
    serving,
)
from tests.ingest.samples import KEYED, unpublished

pytestmark = pytest.mark.integration


def test_an_event_is_durable_when_it_is_answered(gateway: Served) -> None:
    before = gateway.status().issued
    answer = gateway.post(event("durable"))
    assert answer.status_code == 202
    assert answer.json() == {"accepted": 1, "duplicates": 0}
    assert gateway.status().issued == before + 1


def test_the_same_event_twice_changes_nothing_in_whatever_mode(gateway: Served) -> None:
    content = event("twice")
    assert gateway.post(content).json() == {"accepted": 1, "duplicates": 0}
    assert gateway.post(content).json() == {"accepted": 0, "duplicates": 1}
    assert gateway.post([content, content], BATCH).json() == {"accepted": 0, "duplicates": 2}
    attributes = {f"ce_{name}": value for name, value in content.items() if name != "data"}
    answer = gateway.post(content["data"], "application/json", **attributes)
    assert answer.json() == {"accepted": 0, "duplicates": 1}


def test_a_correction_is_the_next_revision_and_an_older_sequence_never_wins(gateway: Served) -> None:
    def versioned(sequence: str, severity: int) -> dict[str, object]:
        return event("versions", severity=severity) | {
            "sequence": sequence,
            "sequencetype": "Integer",
        }

    assert gateway.post(versioned("1", 1)).json()["accepted"] == 1
    assert gateway.post(versioned("3", 3)).json()["accepted"] == 1
    assert gateway.post(versioned("2", 2)).json()["accepted"] == 0
    (last,) = [
        r for r in unpublished(gateway.folder / "outbox.sqlite") if r.receipt == gateway.status().issued
    ]
    content = orjson.loads(last.payload)
    assert (content["rev"], content["data"]["severity"]) == (2, 3)


def test_a_batch_is_taken_as_a_whole_or_not_at_all(gateway: Served) -> None:
    before = gateway.status().received
    is_problem(gateway.post([event("whole"), event("whole-2", theme="x")], BATCH), 400, "invalid-input")
    is_problem(
        gateway.post([event("whole"), event("whole-2", theme="drugs")], BATCH), 403, "out-of-scope"
    )
    assert gateway.status().received == before


def test_a_source_that_has_no_topics_yet_waits(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, sources=frozenset({"wijkteam"})) as gateway:
        answer = gateway.post(event())
        is_problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0


def test_it_works_beside_a_running_ingest(tmp_path: Path, nijmegen: Municipality) -> None:
    ingest = Outbox(tmp_path / "outbox.sqlite", KEYED, nijmegen.slug)
    try:
        with serving(tmp_path, nijmegen) as gateway:
            assert gateway.post(event()).status_code == 202
            assert ingest.pending() == 1
    finally:
        ingest.close()


def test_one_gateway_at_a_time_and_a_port_of_its_own(gateway: Served, nijmegen: Municipality) -> None:
    with (
        pytest.raises(ResourceTaken, match="another gateway"),
        serving(gateway.folder, nijmegen, add=lambda _store: gateway.issued),
    ):
        pass


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/events", 405),
        ("PUT", "/v1/events", 405),
        ("POST", "/v1/openapi.json", 405),
        ("GET", "/v1/events/", 404),
        ("POST", "/v1/events/", 404),
        ("GET", "/", 404),
        ("GET", "/v2/events", 404),
        ("GET", "/v1/openapi.json", 200),
        ("HEAD", "/v1/openapi.json", 200),
        ("GET", "/v1/asyncapi.json", 200),
    ],
)
def test_every_answer_follows_the_api_design_rules(
    gateway: Served, method: str, path: str, status: int
) -> None:
    answer = gateway.http.request(method, path)
    assert answer.status_code == status
    headers = answer.headers
    assert re.fullmatch(r"\d+\.\d+\.\d+", headers["api-version"])
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "frame-ancestors 'none'"
    assert "max-age" in headers["strict-transport-security"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert "server" not in headers
    if status == 405:
        assert headers["allow"]
    if status >= 400:
        assert headers["content-type"] == PROBLEM
    elif method == "GET":
        assert headers["access-control-allow-origin"] == "*"
        assert headers["api-version"] == answer.json()["info"]["version"]


def test_a_client_that_goes_away_costs_nothing(gateway: Served) -> None:
    host, port = gateway.url.removeprefix("http://").split(":")
    head = (
        f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.issued.key}\r\n"
        f"Content-Type: {STRUCTURED}\r\nContent-Length: 1000\r\n\r\n{{"
    )
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(head.encode())
    assert gateway.post(event("after")).status_code == 202


def test_requests_under_way_are_answered_when_it_ends(tmp_path: Path, nijmegen: Municipality) -> None:
    answers: list[int] = []
    with serving(tmp_path, nijmegen) as gateway:
        threads = [
            threading.Thread(
                target=lambda n=n: answers.append(gateway.post(event(f"end-{n}")).status_code)
            )
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert answers.count(202) == 20


def test_now_is_the_clock_of_the_gateway(tmp_path: Path, nijmegen: Municipality) -> None:
    moment = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    with serving(tmp_path, nijmegen, clock=SetClock(moment)) as gateway:
        gateway.post(event(occurredAt="2026-03-29T03:00:00+02:00"))
        (record,) = unpublished(tmp_path / "outbox.sqlite")
    content = orjson.loads(record.payload)
    assert content["time"] == "2026-03-29T01:00:00Z"
    assert content["data"]["occurredAt"] == "2026-03-29T01:00:00Z"
