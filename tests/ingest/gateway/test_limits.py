"""How much the gateway takes in: events of a client, bytes, requests, and what waits in the outbox."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from domain.areas import Municipality
from domain.metrics import GATEWAY_REQUESTS, INGEST_RECORDS
from ingest.gateway import Limits
from tests.ingest.gateway.serving import (
    BATCH,
    CLIENT,
    STRUCTURED,
    Served,
    event,
    is_problem,
    serving,
)
from tests.support.vitals import Heard

pytestmark = pytest.mark.integration


def test_the_rate_of_a_client_is_held_and_told(tmp_path: Path, nijmegen: Municipality) -> None:
    slow = CLIENT.model_copy(update={"rate": 0.01, "burst": 3})
    heard = Heard()
    with serving(tmp_path, nijmegen, client=slow, vitals=heard.vitals) as gateway:
        assert gateway.post([event("a"), event("b")], BATCH).status_code == 202
        too_much = gateway.post([event("c"), event("d"), event("e")], BATCH)
        is_problem(too_much, 429, "too-many-events")
        assert int(too_much.headers["retry-after"]) >= 100
        other = gateway.add(CLIENT.model_copy(update={"name": "other"}))
        assert gateway.post(event("f"), key=other.key).status_code == 202
        assert gateway.status().issued == 3
    assert heard.counted(GATEWAY_REQUESTS, "taken") == 2
    assert heard.counted(GATEWAY_REQUESTS, "too-many-events") == 1
    assert heard.counted(INGEST_RECORDS, "geluid", "live") == 3


def test_too_many_bytes_or_events(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, limits=Limits(body=2_000, batch=3)) as gateway:
        is_problem(gateway.post(b" " * 2_001), 413, "too-large")
        pieces = (b" " * 1_000 for _ in range(3))
        headers = {"Content-Type": STRUCTURED, "Authorization": f"Bearer {gateway.issued.key}"}
        is_problem(gateway.http.post("/v1/events", content=pieces, headers=headers), 413, "too-large")
        is_problem(gateway.post([event(str(n)) for n in range(4)], BATCH), 400, "invalid-input")


def test_a_body_that_does_not_arrive(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, limits=Limits(body_seconds=0.2)) as gateway:
        host, port = gateway.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=20) as connection:
            head = (
                f"POST /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {gateway.issued.key}\r\n"
                f"Content-Type: {STRUCTURED}\r\nContent-Length: 100\r\n\r\n{{"
            )
            connection.sendall(head.encode())
            answer = connection.recv(4096).decode()
        assert answer.startswith("HTTP/1.1 408")
        assert gateway.post(event()).status_code == 202


def test_no_more_requests_at_once_than_there_is_room_for(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, limits=Limits(requests=0)) as gateway:
        is_problem(gateway.post(event()), 503, "unavailable")


def test_a_full_outbox_takes_nothing_in(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, limits=Limits(pending=2)) as gateway:
        answers: list[httpx.Response] = []
        while not answers or answers[-1].status_code == 202:
            answers.append(gateway.post(event(f"e{len(answers)}")))
            assert len(answers) < 100_000
        is_problem(answers[-1], 503, "unavailable")
        assert gateway.status().issued == len(answers) - 1


def test_many_clients_at_once(gateway: Served) -> None:
    before = gateway.status().issued

    def send(number: int) -> int:
        return int(gateway.post([event(f"m{number}-{n}") for n in range(5)], BATCH).json()["accepted"])

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(send, range(100))) == 500
    assert gateway.status().issued == before + 500
