"""``sources.toml``: the sources of a municipality and its geocoder (docs/sources.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from domain.errors import SettingsError
from domain.events import SourceName
from ingest.geocoding.settings import GeocoderSettings
from ingest.kind import Kind, SourceSpec
from ingest.observations.form import SOURCE as OBSERVATIONS
from ingest.rhythm import Rhythm
from ingest.schedule import Schedule
from ingest.toml_lines import TomlFile
from ingest.toml_table import TomlTable

FILE = "sources.toml"
_TABLE = "sources"
_GEOCODER = "geocoder"
M = TypeVar("M", bound=BaseModel)
_NAME: TypeAdapter[str] = TypeAdapter(SourceName)

# What pydantic says of the commonest mistakes, with what to do.
_ADVICE = {
    "extra_forbidden": "is not known here; correct the spelling or take it out",
    "missing": "is missing; add it",
}


class _Declaration(TomlTable):
    """A table ``[sources.NAME]``; its settings are checked by its kind."""

    kind: str
    enabled: bool = True
    geocode: bool = True
    schedule: Schedule = Schedule()
    rhythm: dict[str, Any] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Declarations:
    """What a ``sources.toml`` says.

    Attributes:
        sources: the enabled ones, in its order; the others were checked too.
        geocoder: turned off unless it says otherwise.
    """

    sources: tuple[SourceSpec, ...] = ()
    geocoder: GeocoderSettings = field(default_factory=GeocoderSettings)


def parse_declarations(
    text: str, kinds: Mapping[str, Kind[Any]], folder: Path, name: str = FILE
) -> Declarations:
    """Return what a ``sources.toml`` says.

    Args:
        text: of the file.
        kinds: every kind there is.
        folder: what relative paths in settings start from.
        name: of the file, for messages.

    Raises:
        SettingsError: something in it is wrong; the message has the line and no value.
    """
    file = TomlFile(text, name)
    for key in file.values:
        if key not in (_TABLE, _GEOCODER):
            raise file.mistake((key,), f"is not known here; write [{_TABLE}.NAME] or [{_GEOCODER}]")
    geocoder = _checked(file, (_GEOCODER,), GeocoderSettings, file.values.get(_GEOCODER, {}))
    tables = file.values.get(_TABLE, {})
    if not isinstance(tables, dict):
        raise file.mistake((_TABLE,), f"must be tables; write [{_TABLE}.NAME]")
    found = [_source(file, source, table, kinds, folder) for source, table in tables.items()]
    return Declarations(tuple(spec for spec, enabled in found if enabled), geocoder)


def _source(
    file: TomlFile, name: str, table: object, kinds: Mapping[str, Kind[Any]], folder: Path
) -> tuple[SourceSpec, bool]:
    at = (_TABLE, name)
    try:
        _NAME.validate_python(name)
    except ValidationError:
        raise file.mistake(at, "a name is lower-case letters, digits and hyphens") from None
    if name == OBSERVATIONS:
        raise file.mistake(at, "is handed in by teams and cannot be polled; take another name")
    declared = _checked(file, at, _Declaration, table)
    kind = kinds.get(declared.kind)
    if kind is None:
        raise file.mistake((*at, "kind"), f"no such kind; choose from {', '.join(kinds)}")
    settings = _checked(file, (*at, "settings"), kind.settings, declared.settings)
    usual = kind.rhythm.model_dump(exclude_none=True)
    rhythm = _checked(file, (*at, "rhythm"), Rhythm, {**usual, **declared.rhythm})
    spec = SourceSpec(
        name,
        declared.kind,
        settings,
        declared.schedule,
        rhythm,
        folder,
        geocode=declared.geocode and kind.real,
    )
    return spec, declared.enabled


def _checked(file: TomlFile, at: tuple[str, ...], model: type[M], value: object) -> M:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        says = _ADVICE.get(first["type"]) or _uncapped(first["msg"].removeprefix("Value error, "))
        raise file.mistake((*at, *first["loc"]), says) from None
    except SettingsError as error:
        raise file.mistake(at, str(error)) from None


def _uncapped(text: str) -> str:
    return text[:1].lower() + text[1:]
