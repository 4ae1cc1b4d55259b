"""Whatever a client sends: an answer of the document, never a fault of ours.

Schemathesis makes requests from the OpenAPI document, those that follow it and those that do not. Beside
it good requests are damaged at random, in the bytes and in the fields, which comes further than either.
"""

from __future__ import annotations

import json
import random
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation.modes import GenerationMode
from schemathesis.specs.openapi import checks

from ingest.gateway.config import Contact
from ingest.gateway.documents import openapi
from tests.ingest.gateway.serving import BATCH, CLIENT, STRUCTURED, URN, Served, event

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
MEDIA = st.sampled_from([STRUCTURED, BATCH, "application/json"])
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]


def _operation() -> Any:
    """What the document tells of handing in, narrowed to what the key is for.

    So the requests come as far as the outbox.
    """
    content: dict[str, Any] = orjson.loads(orjson.dumps(openapi("Nijmegen", "", Contact())))
    schemas = content["components"]["schemas"]
    schemas["PushedEvent"]["properties"]["source"] = {"const": URN}
    for name in ("PushedSignal", "PushedIncident", "PushedInspection"):
        schemas[name]["properties"]["category"] = {"enum": list(CLIENT.categories)}
        schemas[name]["properties"]["theme"] = {"enum": list(CLIENT.themes)}
    return schemathesis.openapi.from_dict(content)["/events"]["POST"]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_requests_made_from_the_document(gateway: Served, mode: GenerationMode) -> None:
    seen: set[int] = set()
    operation = _operation()

    @FUZZ
    @given(operation.as_strategy(generation_mode=mode))
    def hand_in(case: schemathesis.Case[Any]) -> None:
        headers = {"Authorization": f"Bearer {gateway.issued.key}"}
        response = case.call(base_url=gateway.url + "/v1", headers=headers, timeout=30)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    hand_in()
    # Requests of the document are also taken, or this would test the refusals alone.
    assert 202 in seen or mode is GenerationMode.NEGATIVE, seen
    assert 400 in seen, seen


def _damaged(body: bytes, rng: random.Random) -> bytes:
    """Return the bytes with a few of them changed, cut out, doubled or put in."""
    damaged = bytearray(body)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(damaged) + 1)
        action = rng.randrange(4)
        if action == 0:
            damaged[at : at + 1] = bytes([rng.randrange(256)])
        elif action == 1:
            del damaged[at : at + rng.randint(1, 20)]
        elif action == 2:
            damaged[at:at] = damaged[at : at + rng.randint(1, 20)]
        else:
            damaged[at:at] = rng.choice([b"\x00", b"\xed\xa0\x80", b"1e999", b"[", b"\\ud800", b"NaN"])
    return bytes(damaged)


@FUZZ
@given(seed=st.integers(0, 2**32), media=MEDIA)
def test_damaged_bytes(gateway: Served, seed: int, media: str) -> None:
    rng = random.Random(seed)
    content = event("damaged", rng.choice(["signal", "incident", "inspection"]))
    body = orjson.dumps([content] if media == BATCH else content)
    answer = gateway.post(_damaged(body, rng), media)
    assert answer.status_code in (202, 400, 403), answer.text


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@FUZZ
@given(data=st.data())
def test_other_values_in_the_fields(gateway: Served, data: st.DataObject) -> None:
    content = event("fields", data.draw(st.sampled_from(["signal", "incident", "inspection"])))
    inner = content["data"]
    places = [(content, name) for name in (*content, "time", "subject", "sequence", "deleted")]
    places += [(inner, name) for name in (*inner, "severity", "units", "recheckOn", "priority")]
    places += [(inner["location"], name) for name in ("lat", "lon", "pc6", "boundaryYear", "street")]
    for _ in range(data.draw(st.integers(1, 3))):
        holder, name = data.draw(st.sampled_from(places))
        holder[name] = data.draw(JSON)
    # Lone surrogates and numbers beyond 64 bits too: json writes what orjson refuses to.
    answer = gateway.post(json.dumps(content).encode())
    assert answer.status_code in (202, 400, 403), answer.text


TOKENS = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=40)


@FUZZ
@given(
    data=st.data(),
    path=st.sampled_from(["/v1/events", "/v1/events/", "/v1/openapi.json", "/%00", "/v1/../x"]),
)
def test_other_headers_methods_and_addresses(gateway: Served, data: st.DataObject, path: str) -> None:
    method = data.draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"]))
    names = [
        *("Authorization", "Content-Type", "Content-Encoding", "ce-id", "ce-deleted", "ce-sequence"),
        *("webhook-id", "webhook-timestamp", "webhook-signature", "Expect", "Origin"),
    ]
    headers = {name: data.draw(TOKENS) for name in data.draw(st.sets(st.sampled_from(names)))}
    query = "?" + data.draw(TOKENS).replace("#", "") if data.draw(st.booleans()) else ""
    answer = gateway.http.request(method, path + query, headers=headers, content=b"{}")
    assert answer.status_code < 500, answer.text
