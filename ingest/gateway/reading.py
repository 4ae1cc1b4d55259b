"""From the headers and the body of a request to events: the three modes of CloudEvents over HTTP.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

import orjson
from pydantic import TypeAdapter, ValidationError

from ingest.gateway.models import PushedEvent
from ingest.gateway.names import known_name
from ingest.gateway.problems import Fault, body_fault, header_fault, invalid, wrong_media

PREFIX = "ce-"
_ONE: TypeAdapter[PushedEvent] = TypeAdapter(PushedEvent)
_MANY: TypeAdapter[list[PushedEvent]] = TypeAdapter(list[PushedEvent])
_UNION_TAGS = frozenset({"incident", "signal", "inspection"})
_BOOLEANS = {"true": True, "false": False}


class Mode(StrEnum):
    """How a request carries its events; the value is the media type."""

    STRUCTURED = "application/cloudevents+json"
    BATCH = "application/cloudevents-batch+json"
    BINARY = "application/json"


def mode_of(headers: Mapping[str, str]) -> Mode:
    """Return the mode of a request.

    Args:
        headers: by lower-case name.

    Raises:
        Refused: the body is of another kind.
    """
    media, _, parameter = headers.get("content-type", "").partition(";")
    parameter = parameter.replace(" ", "").lower()
    if parameter not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise wrong_media("Send JSON in UTF-8, with no other parameter in Content-Type.")
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise wrong_media("Send the body without Content-Encoding.")
    try:
        return Mode(media.strip().lower())
    except ValueError:
        raise wrong_media(f"Content-Type is one of {', '.join(Mode)}.") from None


def read_events(mode: Mode, headers: Mapping[str, str], body: bytes, most: int) -> list[PushedEvent]:
    """Return the events of a request; of a batch in their order.

    Args:
        mode: of the request.
        headers: by lower-case name.
        body: of the request.
        most: events that one request may hold.

    Raises:
        Refused: the request does not follow the models.
    """
    try:
        if mode is Mode.BATCH:
            return _batch(body, most)
        if mode is Mode.BINARY:
            return [_binary(headers, body)]
        return [_ONE.validate_json(body)]
    except ValidationError as error:
        refusal = invalid(_faults(error, mode))
    # Raised out here, since inside the handler it would keep pydantic's error, and with it the input.
    raise refusal


def _batch(body: bytes, most: int) -> list[PushedEvent]:
    events = _MANY.validate_json(body)
    if not 1 <= len(events) <= most:
        raise invalid([body_fault("", "batch_size", f"a batch holds 1 to {most} events")])
    return events


def _binary(headers: Mapping[str, str], body: bytes) -> PushedEvent:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        data = _MANY  # stands for what is no JSON; not raised here, to keep the body out of the error
    if data is _MANY:
        raise invalid([body_fault("", "json_invalid", "the body is not JSON in UTF-8")])
    attributes: dict[str, Any] = {
        name.removeprefix(PREFIX): unquote(value)
        for name, value in headers.items()
        if name.startswith(PREFIX)
    }
    if "data" in attributes or "datacontenttype" in attributes:
        raise invalid([header_fault("*", "extra_forbidden", "no CloudEvents attribute of ours")])
    if "deleted" in attributes:
        attributes["deleted"] = _BOOLEANS.get(attributes["deleted"], attributes["deleted"])
    try:
        text = orjson.dumps(attributes | {"data": data})
    except TypeError:  # a lone surrogate, or a number beyond 64 bits
        text = b""
    if not text:
        raise invalid([body_fault("", "json_invalid", "text or a number that JSON cannot hold")])
    return _ONE.validate_json(text)


def _faults(error: ValidationError, mode: Mode) -> list[Fault]:
    found = error.errors(include_input=False, include_url=False, include_context=False)
    return [_fault(each["loc"], each["type"], mode) for each in found]


def _fault(loc: Sequence[int | str], code: str, mode: Mode) -> Fault:
    index = loc[0] if loc and isinstance(loc[0], int) else None
    path = [str(part) for part in (loc if index is None else loc[1:])]
    # Pydantic names the model that it tried: the tag of the union, which is in no body.
    if len(path) > 1 and path[0] == "data" and path[1] in _UNION_TAGS:
        del path[1]
    if path and code == "extra_forbidden":
        path[-1] = known_name(path[-1])
    detail = _DETAILS.get(code, "is not what the schema asks for")
    if mode is Mode.BINARY and path[:1] != ["data"]:
        name = path[0] if path else "*"
        return header_fault(name if name == "*" else PREFIX + name, code, detail)
    if mode is Mode.BINARY:
        path = path[1:]
    steps = ([] if index is None else [str(index)]) + path
    return body_fault("".join("/" + step for step in steps), code, detail, index)


_DETAILS: dict[str, str] = {
    "missing": "is missing",
    "extra_forbidden": "is not taken: leave it out",
    "json_invalid": "is not JSON",
    "string_pattern_mismatch": "has not the form that the schema asks for",
    "timezone_aware": "needs an offset, such as Z or +01:00",
    "date_form": "is not written as RFC 3339 asks: 2026-03-01T12:00:00Z, a date 2026-03-01",
    "value_error": "is a date outside 2000 to 2100",
    "enum": "is not in the closed list",
    "literal_error": "is not in the closed list",
    "union_tag_invalid": "has a kind that is not in the closed list",
    "union_tag_not_found": "has no kind",
}
