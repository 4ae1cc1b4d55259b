"""From an answer to what it holds, where it holds that."""

from __future__ import annotations

import orjson
from pydantic import JsonValue

from domain.errors import SourceUnavailable
from ingest.http.protocol import HttpAnswer

JSON = ("application/json", "application/hal+json", "application/geo+json")
"""Media types of JSON; ``json_of`` takes these unless told otherwise."""


def require_type(answer: HttpAnswer, *types: str) -> None:
    """Check that an answer is of one of these media types; parameters such as a charset do not matter.

    Raises:
        SourceUnavailable: it is not, as when a page about maintenance stands in its place.
    """
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in types:
        raise SourceUnavailable(
            f"{answer.where}: answered something else than {types[0]}; tried again later"
        )


def json_of(answer: HttpAnswer, *types: str) -> JsonValue:
    """Return the JSON in an answer of one of ``types`` (or ``JSON``).

    Raises:
        SourceUnavailable: it has another media type, or is no whole JSON.
    """
    require_type(answer, *(types or JSON))
    try:
        value: JsonValue = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        # Without the cause, which keeps the whole text.
        raise SourceUnavailable(f"{answer.where}: answered broken JSON; tried again later") from None
    return value
