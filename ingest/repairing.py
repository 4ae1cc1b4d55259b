"""From what is kept of a reject to the raw event that it should have been.

The identity is that of the reject and cannot be changed; of the kept record only what the source
reported is taken. What comes out is no better than what goes in: streams decide whether it is an event.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import orjson
from pydantic import JsonValue

from domain.codec import UNKNOWN_FIELD, encode_row
from domain.errors import SettingsError
from domain.events import EVENT_TYPES, Kind, source_name, source_urn

_AREA = re.compile(r"BU[0-9]{8}|WK[0-9]{6}|GM[0-9]{4}")
_PART = re.compile(r"[A-Za-z][A-Za-z0-9]{0,63}")
_KINDS = frozenset(kind.value for kind in Kind)


class Fix(NamedTuple):
    """A field of the event and its new value; None takes the field out."""

    path: tuple[str, ...]
    value: JsonValue


@dataclass(frozen=True, slots=True)
class Identity:
    """What a reject keeps for ever; ``received_at`` aware, UTC."""

    source: str
    event_id: str
    receipt: int
    rev: int
    bucket: date
    received_at: datetime


def parse_fix(text: str) -> Fix:
    """Return the fix in ``FIELD=VALUE``.

    Args:
        text: the field as ``rejected list`` names it, such as ``data.occurredAt``; the value as JSON, or
            as plain text where it is no JSON.

    Raises:
        SettingsError: the form is wrong, or the field is not one that may be changed.
    """
    name, given, value = text.partition("=")
    if not given or not all(_PART.fullmatch(part) for part in name.split(".")):
        raise SettingsError("--fix: write it as FIELD=VALUE, such as data.severity=3")
    path = _path(name)
    if path != ("deleted",) and (path[0] != "data" or len(path) == 1):
        raise SettingsError(
            f"--fix {name}: only what the source reported can be fixed: fields below data, and deleted"
        )
    try:
        return Fix(path, orjson.loads(value))
    except orjson.JSONDecodeError:
        return Fix(path, value)


def lacks(record: str, field: str, fixes: Iterable[Fix]) -> bool:
    """Tell whether the field at fault was not kept and no fix says what it should be.

    Without this an optional field would be dropped in silence, and an event without its place sent on.
    """
    path = _path(field)
    if path != ("deleted",) and (path[0] != "data" or len(path) == 1 or UNKNOWN_FIELD in path):
        return False
    if any(fix.path == path[: len(fix.path)] for fix in fixes):
        return False
    part: object = _known(record)
    for name in path:
        if not isinstance(part, dict) or name not in part:
            return True
        part = part[name]
    return False


def rebuild(identity: Identity, record: str, fixes: Iterable[Fix], municipality_slug: str) -> bytes:
    """Return the bytes of topic ``raw.*`` for a repaired reject.

    Args:
        identity: of the reject.
        record: what was kept of it: a whole event, or its data alone.
        fixes: applied in order.
        municipality_slug: goes into the CloudEvents ``source`` where that was not kept.
    """
    known = _known(record)
    document = {"deleted": known.get("deleted", False), "data": known.get("data", {})}
    for fix in fixes:
        _apply(document, fix)
    data = document["data"]
    kind = data.get("kind") if isinstance(data, dict) else None
    event: dict[str, object] = {
        "specversion": "1.0",
        "id": identity.event_id,
        "source": _urn(known.get("source"), identity.source, municipality_slug),
        "type": EVENT_TYPES[Kind(kind) if kind in _KINDS else Kind.INCIDENT],
        "time": identity.received_at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z",
        **_subject(data),
        "datacontenttype": "application/json",
        "sequence": str(identity.receipt),
        "sequencetype": "Integer",
        "rev": identity.rev,
        "bucket": identity.bucket.isoformat(),
        **document,
    }
    return encode_row(event)


def _known(record: str) -> dict[str, Any]:
    """Return what was kept, as an event: streams keep it whole, ingest its data alone."""
    kept: dict[str, Any] = orjson.loads(record)
    return kept if "data" in kept or "kind" not in kept else {"data": kept}


def _path(name: str) -> tuple[str, ...]:
    """Return the parts of a dotted path, without the kind that the path of an error names."""
    path = tuple(name.split("."))
    return (path[0], *path[2:]) if path[0] == "data" and path[1:2] and path[1] in _KINDS else path


def _apply(document: dict[str, Any], fix: Fix) -> None:
    part = document
    for name in fix.path[:-1]:
        inner = part.get(name)
        if not isinstance(inner, dict):
            inner = part[name] = {}
        part = inner
    if fix.value is None:
        part.pop(fix.path[-1], None)
    else:
        part[fix.path[-1]] = fix.value


def _urn(kept: object, source: str, slug: str) -> str:
    if isinstance(kept, str) and source_name(kept) == source:
        return kept
    return source_urn(slug, source)


def _subject(data: object) -> Mapping[str, str]:
    """Return the CloudEvents ``subject``, if the data names an area."""
    if not isinstance(data, dict):
        return {}
    place = data.get("location")
    places = place if isinstance(place, dict) else {}
    named = (data.get("area"), *(places.get(level) for level in ("wijk", "stadsdeel", "gemeente")))
    area = next((area for area in named if area is not None), None)
    return {"subject": area} if isinstance(area, str) and _AREA.fullmatch(area) else {}
