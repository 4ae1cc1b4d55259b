"""Who may hand in: keys, signatures, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from domain.areas import Municipality
from ingest.gateway.clients import KEY
from ingest.gateway.store import ClientStore
from tests.ingest.gateway.serving import (
    BATCH,
    CLIENT,
    Served,
    SetClock,
    event,
    is_problem,
    serving,
    signed,
)
from tests.ingest.samples import KEYED, NOON, unpublished

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer x", "Basic abc", f"Bearer wbk_aaaaaaaaaa_{'x' * 43}"],
)
def test_without_a_good_key(gateway: Served, authorization: str) -> None:
    answer = gateway.post(event(), Authorization=authorization)
    is_problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def with_wrong_secret(key: str) -> str:
    return key[:-1] + ("A" if key[-1] != "A" else "B")


def test_a_wrong_secret_of_a_known_key(gateway: Served) -> None:
    is_problem(gateway.post(event(), key=with_wrong_secret(gateway.issued.key)), 401, "unauthorized")


def test_a_source_that_is_polled_has_one_door(tmp_path: Path, nijmegen: Municipality) -> None:
    with serving(tmp_path, nijmegen, polled=frozenset({"geluid"})) as gateway:
        answer = gateway.post(event())
        is_problem(answer, 403, "source-is-polled")
        assert "another source" in answer.json()["detail"]
        wrong = with_wrong_secret(gateway.issued.key)
        is_problem(gateway.post(event(), key=wrong), 401, "unauthorized")
    assert unpublished(tmp_path / "outbox.sqlite") == []


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


def test_the_key_is_not_logged(gateway: Served, capsys: pytest.CaptureFixture[str]) -> None:
    found = KEY.fullmatch(gateway.issued.key)
    assert found is not None
    gateway.post(event("logged"))
    gateway.post(event("logged", theme="x"))
    said = capsys.readouterr()
    assert "refused" in said.out
    assert found[2] not in said.out + said.err
