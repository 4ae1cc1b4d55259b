"""The gateway as clients meet it."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest

from domain.areas import Municipality
from domain.errors import ResourceTaken
from domain.metrics import GATEWAY_REQUESTS, INGEST_RECORDS
from ingest.gateway import Limits
from ingest.gateway.clients import KEY
from ingest.gateway.store import ClientStore
from ingest.outbox.store import Outbox
from tests.ingest.gateway.serving import (
    BATCH,
    CLIENT,
    STRUCTURED,
    Served,
    SetClock,
    event,
    serving,
    signed,
)
from tests.ingest.samples import KEYED, NOON, unpublished
from tests.support.vitals import Heard

pytestmark = pytest.mark.integration

PROBLEM = "application/problem+json"


def is_problem(answer: httpx.Response, status: int, kind: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    body = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:wijkbeeld:problem:{kind}"
    assert body["title"]
    assert body["detail"]


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


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Basic abc", f"Bearer wbk_aaaaaaaaaa_{'x' * 43}"],
)
def test_without_a_good_key(gateway: Served, authorization: str) -> None:
    answer = gateway.post(event(), Authorization=authorization)
    is_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_source_that_is_polled_has_one_door(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, polled=frozenset({"geluid"})) as gateway:
        answer = gateway.post(event())
        is_problem(answer, 403, "source-is-polled")
        assert "another source" in answer.json()["detail"]
        is_problem(gateway.post(event(), key=gateway.issued.key[:-1] + "_"), 401, "unauthorized")
    assert unpublished(tmp_path / "outbox.sqlite") == []


def test_a_wrong_secret_of_a_known_key(gateway: Served) -> None:
    key = gateway.issued.key
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    is_problem(gateway.post(event(), key=wrong), 401, "unauthorized")


def test_keys_are_rotated_and_revoked_while_it_runs(tmp_path: Path, nijmegen: Municipality) -> None:
    clock = SetClock()
    with serving(tmp_path, nijmegen, clock=clock) as gateway:
        with ClientStore(tmp_path / "gateway.sqlite", KEYED) as store:
            second = store.rotate("sensoren", timedelta(hours=1), NOON)
        assert gateway.post(event("a")).status_code == 202
        assert gateway.post(event("b"), key=second.key).status_code == 202
        clock.moment += timedelta(hours=1)
        is_problem(gateway.post(event("c")), 401, "unauthorized")
        assert gateway.post(event("d"), key=second.key).status_code == 202
        with ClientStore(tmp_path / "gateway.sqlite", KEYED) as store:
            store.revoke("sensoren", None, NOON)
        is_problem(gateway.post(event("e"), key=second.key), 401, "unauthorized")


def test_a_source_that_has_no_topics_yet_waits(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, sources=frozenset({"wijkteam"})) as gateway:
        answer = gateway.post(event())
        is_problem(answer, 503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0


@pytest.fixture
def signing(tmp_path: Path, nijmegen: Municipality) -> Iterator[Served]:
    client = CLIENT.model_copy(update={"signed": True})
    with serving(tmp_path, nijmegen, client=client) as gateway:
        yield gateway


def test_a_signed_request(signing: Served) -> None:
    body = orjson.dumps(event("signed"))
    assert signing.post(body, **signed(signing.issued, body, NOON)).status_code == 202
    many = orjson.dumps([event("signed-2")])
    answer = signing.post(many, BATCH, **signed(signing.issued, many, NOON, "m-2"))
    assert answer.status_code == 202


def test_what_is_not_signed_or_otherwise(signing: Served) -> None:
    body = orjson.dumps(event("signed"))
    headers = signed(signing.issued, body, NOON)
    is_problem(signing.post(body), 401, "unauthorized")
    is_problem(signing.post(body + b" ", **headers), 401, "unauthorized")
    late = signed(signing.issued, body, NOON - timedelta(seconds=301))
    is_problem(signing.post(body, **late), 401, "unauthorized")
    is_problem(signing.post(body, "application/json", **headers), 415, "unsupported-media-type")
    assert signing.status().received == 0


def test_a_signature_is_good_once_also_after_a_restart(tmp_path: Path, nijmegen: Municipality) -> None:
    client = CLIENT.model_copy(update={"signed": True})
    body = orjson.dumps(event("signed", severity=1))
    with serving(tmp_path, nijmegen, client=client) as gateway:
        issued = gateway.issued
        headers = signed(issued, body, NOON)
        assert gateway.post(body, **headers).status_code == 202
        is_problem(gateway.post(body, **headers), 409, "replayed")
        correction = orjson.dumps(event("signed", severity=2))
        assert gateway.post(correction, **signed(issued, correction, NOON, "m-2")).status_code == 202
    with serving(tmp_path, nijmegen, add=lambda _store: issued) as gateway:
        is_problem(gateway.post(body, **headers), 409, "replayed")
        assert gateway.status().issued == 2


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


def test_the_key_is_not_logged(gateway: Served, capsys: pytest.CaptureFixture[str]) -> None:
    found = KEY.fullmatch(gateway.issued.key)
    assert found is not None
    gateway.post(event("logged"))
    gateway.post(event("logged", theme="x"))
    said = capsys.readouterr()
    assert "refused" in said.out
    assert found[2] not in said.out + said.err


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
