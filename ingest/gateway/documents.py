"""The documents of the interface, generated from its models: OpenAPI 3.1 and AsyncAPI 3.0."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from ingest.gateway.config import Contact
from ingest.gateway.models import PushedEvent, Taken
from ingest.gateway.problems import Problem
from ingest.gateway.reading import PREFIX, Mode
from ingest.gateway.signatures import HEADERS

VERSION = "1.0.0"
"""Of the interface, as semantic versioning has it; its first number is in every address."""
BASE = "/v1"
EVENTS, OPENAPI, ASYNCAPI = "/events", "/openapi.json", "/asyncapi.json"
PROBLEM = "application/problem+json"

_API_VERSION = {
    "API-Version": {"description": "Full version of the interface.", "schema": {"type": "string"}}
}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "Seconds until the same request may succeed.",
        "schema": {"type": "integer", "minimum": 1},
    }
}
_REFUSALS = {
    400: "The request is not valid, or seems to hold personal data.",
    401: "No key, a key that is not good, or a signature that does not fit.",
    403: "The key is not for this source, theme or category, or its source is polled.",
    408: "The body did not arrive in time.",
    409: "The signature was used before.",
    413: "Too many bytes, or too many events.",
    415: "Another media type than those of CloudEvents.",
    429: "More events than the key may hand in.",
    503: "Nothing can be taken in now.",
}
_ATTRIBUTES = (
    "specversion",
    "id",
    "source",
    "type",
    "time",
    "subject",
    "sequence",
    "sequencetype",
    "deleted",
)
_ABOUT = (
    "Partners and sensors hand in events as CloudEvents 1.0 under the NL GOV profile. 202 means that "
    "every event of the request is durable; the same event once more changes nothing. A request is "
    "taken in as a whole or not at all."
)


def openapi(municipality: str, public_url: str, contact: Contact) -> dict[str, Any]:
    """Return the OpenAPI document.

    Args:
        municipality: its name.
        public_url: where clients reach the gateway, before ``/v1``; empty for its own address.
        contact: who answers for it.
    """
    schemas = _schemas()
    return {
        "openapi": "3.1.0",
        "info": _info(municipality, contact),
        "servers": [{"url": public_url + BASE}],
        "tags": [
            {"name": "events", "description": "Handing in events."},
            {"name": "documents", "description": "Descriptions of this interface."},
        ],
        "paths": {
            EVENTS: {"post": _post()},
            OPENAPI: {"get": _document("getOpenapi", "This document")},
            ASYNCAPI: {"get": _document("getAsyncapi", "The same as AsyncAPI")},
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The key of a client; wijkbeeld clients add gives one.",
                }
            },
        },
    }


def asyncapi(municipality: str, public_url: str, contact: Contact) -> dict[str, Any]:
    """Return the AsyncAPI document; arguments as for ``openapi``."""
    host = public_url.partition("://")[2] or "localhost"
    scheme = public_url.partition("://")[0] or "http"
    content = {mode.name.lower(): str(mode) for mode in (Mode.STRUCTURED, Mode.BATCH)}
    payloads: dict[str, Any] = {"structured": _ref("PushedEvent"), "batch": _batch()}
    return {
        "asyncapi": "3.0.0",
        "info": _info(municipality, contact),
        "defaultContentType": str(Mode.STRUCTURED),
        "servers": {"gateway": {"host": host, "protocol": scheme, "pathname": BASE}},
        "channels": {
            "events": {
                "address": EVENTS,
                "description": "Events of partners and sensors.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in payloads},
            }
        },
        "operations": {
            "takeIn": {
                "action": "receive",
                "channel": {"$ref": "#/channels/events"},
                "summary": "Takes events in; the answer comes when they are durable.",
                "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
                "messages": [{"$ref": f"#/channels/events/messages/{name}"} for name in payloads],
            }
        },
        "components": {
            "schemas": _schemas(),
            "messages": {
                name: {"name": name, "contentType": content[name], "payload": payload}
                for name, payload in payloads.items()
            },
        },
    }


def _info(municipality: str, contact: Contact) -> dict[str, Any]:
    given = {"name": contact.name, "url": contact.url, "email": contact.email}
    known = {key: value for key, value in given.items() if value}
    return {
        "title": f"Wijkbeeld {municipality}: events",
        "description": _ABOUT,
        "version": VERSION,
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
        **({"contact": known} if known else {}),
    }


def _schemas() -> dict[str, Any]:
    models = [(model, "validation") for model in (PushedEvent, Taken, Problem)]
    _, definitions = models_json_schema(
        models,  # type: ignore[arg-type]  # the literal is widened by the comprehension
        by_alias=True,
        ref_template="#/components/schemas/{model}",
    )
    found: dict[str, Any] = definitions["$defs"]
    return found


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _batch() -> dict[str, Any]:
    return {"type": "array", "items": _ref("PushedEvent"), "minItems": 1}


def _post() -> dict[str, Any]:
    return {
        "operationId": "handInEvents",
        "tags": ["events"],
        "summary": "Hand in one event or a batch",
        "description": _ABOUT,
        "security": [{"key": []}],
        "parameters": _parameters(),
        "requestBody": {
            "required": True,
            "content": {
                str(Mode.STRUCTURED): {"schema": _ref("PushedEvent")},
                str(Mode.BATCH): {"schema": _batch()},
                str(Mode.BINARY): {"schema": _data()},
            },
        },
        "responses": {
            "202": {
                "description": "Every event of the request is durable.",
                "headers": _API_VERSION,
                "content": {"application/json": {"schema": _ref("Taken")}},
            },
            **{str(status): _refusal(status, text) for status, text in _REFUSALS.items()},
        },
    }


def _data() -> dict[str, Any]:
    """Return the schema of the data of an event alone, which is the body in binary mode."""
    data: dict[str, Any] = _schemas()["PushedEvent"]["properties"]["data"]
    return data


def _parameters() -> list[dict[str, Any]]:
    """Return the headers: attributes in binary mode, and those of a signature."""
    attributes = [(PREFIX + name, f"Attribute `{name}`, in binary mode only.") for name in _ATTRIBUTES]
    signature = [(name, "Signature, for a key that must sign.") for name in HEADERS]
    return [
        {
            "name": name,
            "in": "header",
            "required": False,
            "description": text,
            "schema": {"type": "string"},
        }
        for name, text in (*attributes, *signature)
    ]


def _refusal(status: int, text: str) -> dict[str, Any]:
    waits = status in (429, 503)
    return {
        "description": text,
        "headers": _API_VERSION | (_RETRY_AFTER if waits else {}),
        "content": {PROBLEM: {"schema": _ref("Problem")}},
    }


def _document(operation: str, summary: str) -> dict[str, Any]:
    anyone = {
        "Access-Control-Allow-Origin": {
            "description": "Every origin may read it.",
            "schema": {"type": "string"},
        }
    }
    return {
        "operationId": operation,
        "tags": ["documents"],
        "summary": summary,
        "security": [],
        "responses": {
            "200": {
                "description": "The document.",
                "headers": _API_VERSION | anyone,
                "content": {"application/json": {"schema": {"type": "object"}}},
            }
        },
    }
