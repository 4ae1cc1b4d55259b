"""OpenAPI and AsyncAPI follow the models, and the NL API Design Rules.

https://gitdocumentatie.logius.nl/publicatie/api/adr/, by the names of its rules; the checks are those of
its own linter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from ingest.gateway.config import Contact
from ingest.gateway.documents import asyncapi, openapi
from tests.ingest.gateway.serving import event

CONTACT = Contact("Beheer", "https://wijkbeeld.example.org", "beheer@example.org")
ABOUT = ("Nijmegen", "https://wijkbeeld.example.org", CONTACT)
OPENAPI: dict[str, Any] = orjson.loads(orjson.dumps(openapi(*ABOUT)))
ASYNCAPI: dict[str, Any] = orjson.loads(orjson.dumps(asyncapi(*ABOUT)))
OPERATIONS = [
    (path, method, operation)
    for path, item in OPENAPI["paths"].items()
    for method, operation in item.items()
]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def resolve(document: Any, reference: str) -> Any:
    node = document
    for step in reference.removeprefix("#/").split("/"):
        node = node[step.replace("~1", "/").replace("~0", "~")]
    return node


@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_every_reference_resolves(document: dict[str, Any]) -> None:
    found = list(references(document))
    assert found
    for reference in found:
        assert resolve(document, reference)


def test_doc_openapi_and_semver() -> None:
    assert re.fullmatch(r"3(\.\d+){1,2}", OPENAPI["openapi"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", OPENAPI["info"]["version"])


def test_doc_openapi_contact() -> None:
    assert set(OPENAPI["info"]["contact"]) == {"name", "url", "email"}
    assert "contact" not in openapi("Nijmegen", "", Contact())["info"]


def test_uri_version_and_https() -> None:
    (server,) = OPENAPI["servers"]
    assert re.search(r"/v\d+$", server["url"])
    assert server["url"].startswith("https://")
    assert server["url"].endswith("/v" + OPENAPI["info"]["version"].partition(".")[0])


@pytest.mark.parametrize("path", OPENAPI["paths"])
def test_paths_are_kebab_case_without_a_trailing_slash(path: str) -> None:
    assert re.fullmatch(r"(/[a-z0-9-]+(\.json)?)+", path)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS)
def test_operations(path: str, method: str, operation: dict[str, Any]) -> None:
    assert method in {"get", "post"}
    assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
    for status, response in operation["responses"].items():
        assert "API-Version" in response["headers"], (path, status)
        if status[0] in "45":
            assert set(response["content"]) == {"application/problem+json"}
    assert not [p for p in operation.get("parameters", []) if p["in"] == "query"]


def test_problems_have_the_members_of_the_rules() -> None:
    problem = OPENAPI["components"]["schemas"]["Problem"]
    assert set(problem["required"]) >= {"status", "title", "detail"}
    assert set(problem["properties"]) <= {"type", "status", "title", "detail", "instance", "errors"}
    fault = OPENAPI["components"]["schemas"]["Fault"]
    assert set(fault["properties"]) == {"in", "location", "code", "detail"}


def test_schemas_are_pascal_case_and_properties_camel_case() -> None:
    for name, schema in OPENAPI["components"]["schemas"].items():
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", name)
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][A-Za-z0-9]*", field), (name, field)


def test_every_model_is_closed() -> None:
    for name, schema in OPENAPI["components"]["schemas"].items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name


@pytest.mark.parametrize("kind", ["signal", "incident", "inspection"])
@pytest.mark.parametrize("document", [OPENAPI, ASYNCAPI], ids=["openapi", "asyncapi"])
def test_a_good_event_fits_the_schema_and_a_bad_one_does_not(
    document: dict[str, Any], kind: str
) -> None:
    schema = {"$ref": "#/components/schemas/PushedEvent", "components": document["components"]}
    validator = Draft202012Validator(schema)
    assert validator.is_valid(event("a", kind))
    assert not validator.is_valid(event("a", kind, email="x"))
    assert not validator.is_valid(event("a", kind, theme="nothing"))
    assert not validator.is_valid(event("a", kind) | {"sequence": "1"})


def test_asyncapi_says_what_is_received_where() -> None:
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    (operation,) = ASYNCAPI["operations"].values()
    assert operation["action"] == "receive"
    channel = resolve(ASYNCAPI, operation["channel"]["$ref"])
    assert channel["address"] == "/events"
    media = {message["contentType"] for message in ASYNCAPI["components"]["messages"].values()}
    assert media == {"application/cloudevents+json", "application/cloudevents-batch+json"}
    (server,) = ASYNCAPI["servers"].values()
    assert (server["host"], server["protocol"]) == ("wijkbeeld.example.org", "https")
