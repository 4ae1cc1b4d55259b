"""What is kept of a rejected record: what the models know of it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from domain.events import Figure, Incident, Inspection, Kind, RawEvent, Signal

MAX_KEPT_TEXT = 64
"""A longer text is not kept."""

_DATA: dict[str, type[BaseModel]] = {
    Kind.INCIDENT: Incident,
    Kind.SIGNAL: Signal,
    Kind.INSPECTION: Inspection,
    Kind.FIGURE: Figure,
}
# As far as a time must read the same before and after, since pydantic also takes digits for a time.
_TO_THE_SECOND = len("YYYY-MM-DDThh:mm:ss")

Path = tuple[str, ...]


def allow_listed(document: Mapping[str, Any], refused: str) -> str:
    """Return the part of a rejected record that may be kept, as JSON; empty if there is none.

    A field is kept where a model has it and takes its value, in the form that the model gives it. Data
    of an unknown kind may have the fields of any kind. Unknown names, texts longer than
    ``MAX_KEPT_TEXT`` and values that their own field refuses are left out.

    Args:
        document: the record as JSON gives it.
        refused: dotted path of the field at fault, as in ``CodecError``; that field is never kept.
    """
    path = _without_kind(tuple(refused.split(".")))
    kept = _known(document, [RawEvent], path)
    data = document.get("data")
    if isinstance(data, dict):
        kind = data.get("kind")
        model = _DATA.get(kind) if isinstance(kind, str) else None
        known = _known(data, [model] if model else [*_DATA.values()], _below(path, "data"))
        if known:
            kept["data"] = known
    return orjson.dumps(kept).decode() if kept else ""


def _known(part: Mapping[str, Any], models: Sequence[type[BaseModel]], refused: Path) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for model in models:
        for name, field in _fields(model).items():
            if name not in part or name in kept:
                continue
            below = _below(refused, name)
            if isinstance(field, TypeAdapter):
                value = _taken(part[name], field) if refused[:1] != (name,) else None
            elif isinstance(part[name], dict):
                value = _known(part[name], [field], below) or None
            else:
                value = None
            if value is not None:
                kept[name] = value
    return kept


def _taken(value: Any, field: TypeAdapter[Any]) -> Any:
    """Return a value as its field has it; None where the field does not take it."""
    if not isinstance(value, str | int | float) or len(str(value)) > MAX_KEPT_TEXT:
        return None
    try:
        made = field.dump_python(field.validate_json(orjson.dumps(value), strict=True), mode="json")
    except (ValidationError, orjson.JSONEncodeError):  # the latter for a number of more than 64 bits
        return None
    if isinstance(value, str) and str(made)[:_TO_THE_SECOND] != value[:_TO_THE_SECOND]:
        return None
    return made


@cache
def _fields(model: type[BaseModel]) -> dict[str, TypeAdapter[Any] | type[BaseModel]]:
    """Return by name in JSON what checks a field: its own type, or the model that it holds."""
    fields: dict[str, TypeAdapter[Any] | type[BaseModel]] = {}
    for name, info in model.model_fields.items():
        kind = info.annotation
        if model is RawEvent and name == "data":
            continue  # which model it holds is for its kind to say
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            fields[info.alias or name] = kind
        else:
            fields[info.alias or name] = TypeAdapter(info.rebuild_annotation())
    return fields


def _without_kind(path: Path) -> Path:
    """Pydantic puts the kind into a path below ``data``; the record does not."""
    return (path[0], *path[2:]) if path[0] == "data" and path[1:2] and path[1] in _DATA else path


def _below(path: Path, name: str) -> Path:
    return path[1:] if path[:1] == (name,) else ()
