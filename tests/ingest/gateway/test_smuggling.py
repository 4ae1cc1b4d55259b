"""Personal data in every string that a client can send: refused, and nowhere afterwards.

Not in the files of the outbox and of the gateway, nor in logs, metrics or answers.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest

from domain.areas import Municipality
from domain.vitals import Vitals
from ingest.observations.form import Observation
from tests.ingest.gateway.serving import BATCH, STRUCTURED, Served, event, serving
from tests.support import smuggled
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder

SMUGGLED = {item.kind: item.value for item in smuggled.SMUGGLED} | {
    "case": "2026/Wiersemans/0042",
    "one word": "pieterwiersemans",
    "patient": "patientnr 7654321",
}
"""The shared kinds, and what may look like an id of a client."""

pytestmark = pytest.mark.integration

KINDS = ("signal", "incident", "inspection")
FULL: dict[str, dict[str, Any]] = {
    "signal": {"status": "open"},
    "incident": {"service": "politie", "priority": "p1", "units": 1},
    "inspection": {"riskClass": "high", "recheckOn": "2026-04-01"},
}
# What the sender may choose freely: taken where it has the form of an id, and then only as a keyed hash.
CHOSEN = {("id",), ("data", "case")}
PLACE = {"wijk": "BU02680101", "stadsdeel": "WK026801", "gemeente": "GM0268", "pc6": "6511AA"}


def full(kind: str, event_id: str) -> dict[str, Any]:
    content = event(event_id, kind, severity=2, counts=True, location=PLACE, **FULL[kind])
    return content | {
        "time": "2026-03-01T12:00:00Z",
        "subject": "BU02680101",
        "datacontenttype": "application/json",
        "sequence": "1",
        "sequencetype": "Integer",
        "deleted": False,
    }


def strings(content: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield where every field is, text or not: each may be sent as text."""
    for name, value in content.items():
        if isinstance(value, dict):
            yield from strings(value, (*path, name))
        yield (*path, name)


def put(content: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(content)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def forms_of(text: str) -> list[str]:
    """Return how a text would be found again: as it is, in JSON, in a URL, without its separators."""
    plain = "".join(letter for letter in text if letter.isalnum())
    return [text, quote(text), text.lower(), plain, plain.lower()]


@pytest.fixture
def recorder() -> PrometheusRecorder:
    return PrometheusRecorder()


@pytest.fixture
def gateway(tmp_path: Path, nijmegen: Municipality, recorder: PrometheusRecorder) -> Iterator[Served]:
    vitals = Vitals(recorder, WatchedProgress())
    with serving(tmp_path, nijmegen, vitals=vitals) as served:
        yield served


def send_everywhere(gateway: Served, text: str) -> list[httpx.Response]:
    """Put ``text`` into every field, name, header and address; return the answers."""
    answers = []
    for kind in KINDS:
        content = full(kind, f"{kind}-1")
        answers += refused_in_every_field(gateway, content, text)
        for path in ((text,), ("data", text), ("data", "location", text)):
            answers.append(gateway.post(put(content, path, "x")))
            answers.append(gateway.post(put(content, path, text)))
    answers.append(
        gateway.post([full("signal", "b"), put(full("signal", "c"), ("data", "theme"), text)], BATCH)
    )
    answers.append(gateway.post(text.encode(), STRUCTURED))
    answers.append(gateway.post([text], BATCH))
    answers += send_in_headers(gateway, text)
    answers += [
        gateway.http.get(f"/v1/{quote(text)}"),
        gateway.http.get("/v1/openapi.json", params={"q": text}),
        gateway.http.post(f"/v1/events/{quote(text)}", json=event()),
        gateway.http.get("/v1/events", headers={"Authorization": f"Bearer {quote(text)}"}),
        gateway.http.get("/v1/events", auth=(text, text)),
    ]
    assert not [answer for answer in answers if answer.status_code >= 500]
    return answers


def refused_in_every_field(gateway: Served, content: dict[str, Any], text: str) -> list[httpx.Response]:
    """Put ``text`` into every field, each time in an event of its own, until no event has a fault.

    All go in one batch: a refusal names each event with a fault of one sort, and the others go again.
    """
    left = {path: put(content, path, text) for path in strings(content)}
    answers = []
    while left.keys() - CHOSEN:
        answers.append(gateway.post(list(left.values()), BATCH))
        assert answers[-1].status_code in (400, 403), (sorted(left), answers[-1].text)
        paths = list(left)
        for fault in answers[-1].json()["errors"]:
            left.pop(paths[fault["location"]["index"]], None)
        assert len(left) < len(paths)
    return answers


def send_in_headers(gateway: Served, text: str) -> Iterator[httpx.Response]:
    content = event("binary")
    attributes = {f"ce_{name}": value for name, value in content.items() if name != "data"}
    for name in (*attributes, "ce_subject", "ce_time", "ce_sequence", "ce_x", "ce_traceparent"):
        yield gateway.post(content["data"], "application/json", **attributes | {name: quote(text)})
    named = f"ce-{''.join(c for c in text.lower() if c.isalnum())}"
    yield gateway.post(content["data"], "application/json", **attributes | {named: "x"})
    for name in ("content_type", "content_encoding", "user_agent", "referer", "webhook_id", "origin"):
        yield gateway.post(event("headers"), **{name: quote(text)})


@pytest.mark.parametrize("kind", SMUGGLED)
def test_nothing_of_it_is_anywhere(
    gateway: Served, kind: str, recorder: PrometheusRecorder, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = send_everywhere(gateway, SMUGGLED[kind])

    said = capsys.readouterr()
    places = {
        "answers": "\n".join(f"{answer.headers}{answer.text}" for answer in answers),
        "log": said.out + said.err,
        "metrics": recorder.exposition().decode(),
    }
    for path in gateway.folder.iterdir():
        places[path.name] = path.read_bytes().decode("utf-8", "replace")
    for form in forms_of(SMUGGLED[kind]):
        assert not [name for name, content in places.items() if form in content]


def test_what_was_taken_is_as_it_should_be(gateway: Served) -> None:
    """Looks at the test itself: the same events without anything smuggled are taken."""
    for kind in KINDS:
        assert gateway.post(full(kind, f"{kind}-1")).status_code == 202


@pytest.mark.parametrize("kind", KINDS)
def test_an_event_by_itself_is_refused_as_in_a_batch(gateway: Served, kind: str) -> None:
    content = full(kind, "alone")
    for path in strings(content):
        taken = gateway.post(put(content, path, SMUGGLED["bsn"]))
        assert taken.status_code in (400, 403) or path in CHOSEN, (path, taken.text)


@pytest.mark.parametrize("kind", SMUGGLED)
def test_an_observation_has_no_room_for_it(kind: str) -> None:
    good = {
        "id": "6f1c0a52-0000-4000-8000-000000000001",
        "wijk": "BU02680101",
        "theme": "drugs",
        "severity": 3,
    }
    Observation.model_validate(good)
    for name in (*good, SMUGGLED[kind]):
        body = orjson.dumps(good | {name: SMUGGLED[kind]})
        with pytest.raises(ValueError, match="validation error") as error:
            Observation.model_validate_json(body)
        if name != SMUGGLED[kind]:
            assert SMUGGLED[kind] not in str(error.value)
