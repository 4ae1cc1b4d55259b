"""Every kind of source there is, and from what a person declares to sources that can be polled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from domain.errors import SettingsError
from ingest.context import SourceContext
from ingest.demo import source as demo
from ingest.filedrop import source as filedrop
from ingest.geocoding.feed import geocoded
from ingest.inspections import source as inspections
from ingest.kind import STDIN, Kind, SourceSpec
from ingest.knmi import source as knmi
from ingest.ndw import source as ndw
from ingest.p2000 import source as p2000
from ingest.p2000 import web_feed_source as p2000_feed
from ingest.protocol import Source
from ingest.registered_crime import source as registered_crime
from ingest.signalen import source as signalen
from ingest.surveys import source as surveys
from ingest.veiligheidshuis import source as veiligheidshuis

KINDS: Mapping[str, Kind[Any]] = MappingProxyType(
    {
        "demo": Kind(demo.Settings, demo.build, rhythm=demo.RHYTHM, real=False),
        "p2000": Kind(p2000.Settings, p2000.build, argument="file"),
        "p2000-feed": Kind(p2000_feed.Settings, p2000_feed.build),
        "signalen": Kind(signalen.Settings, signalen.build),
        "registered-crime": Kind(
            registered_crime.Settings, registered_crime.build, rhythm=registered_crime.RHYTHM
        ),
        "filedrop": Kind(filedrop.Settings, filedrop.build),
        "inspections": Kind(inspections.Settings, inspections.build),
        "surveys": Kind(surveys.Settings, surveys.build),
        "ndw": Kind(ndw.Settings, ndw.build),
        "knmi": Kind(knmi.Settings, knmi.build),
        "veiligheidshuis": Kind(veiligheidshuis.Settings, veiligheidshuis.build),
    }
)
"""Every kind of source there is."""


def parse_source(text: str, kinds: Mapping[str, Kind[Any]] = KINDS) -> SourceSpec:
    """Return the source in ``KIND`` or ``KIND=FILE``, named by its kind; ``-`` is standard input.

    Raises:
        SettingsError: no such kind, it must be declared, or the file is missing or superfluous.
    """
    name, _, path = text.partition("=")
    kind = kinds.get(name)
    if kind is None:
        raise SettingsError(f"source '{name}': no such source; choose from {', '.join(kinds)}")
    if kind.argument and not path:
        raise SettingsError(
            f"source '{name}': say which file to read: {name}=FILE (- for standard input)"
        )
    if path and not kind.argument:
        raise SettingsError(f"source '{name}': reads no file; write just {name}")
    if path not in ("", STDIN) and not Path(path).is_file():
        raise SettingsError(f"source '{name}': file {path} does not exist or is not a file")
    given = {kind.argument: path} if path else {}
    if any(
        field.is_required() and key not in given for key, field in kind.settings.model_fields.items()
    ):
        raise SettingsError(f"source '{name}': needs settings; declare it in sources.toml")
    return SourceSpec(name, name, kind.settings(**given), rhythm=kind.rhythm, geocode=kind.real)


def build_sources(
    specs: Sequence[SourceSpec], context: SourceContext, kinds: Mapping[str, Kind[Any]] = KINDS
) -> tuple[Source, ...]:
    """Return the sources of ``specs``, in that order.

    Raises:
        SettingsError: a source is asked for twice, or cannot be built from its settings.
    """
    names = [spec.name for spec in specs]
    if len(set(names)) != len(names):
        raise SettingsError("a source is asked for twice; give each --source once")
    return tuple(build_source(spec, context, kinds) for spec in specs)


def build_source(
    spec: SourceSpec, context: SourceContext, kinds: Mapping[str, Kind[Any]] = KINDS
) -> Source:
    """Return the source of ``spec``.

    Raises:
        SettingsError: it cannot be built from its settings.
    """
    source: Source = kinds[spec.kind].build(
        spec.name, spec.settings, replace(context, folder=spec.folder)
    )
    if context.geocoder is not None and spec.geocode:
        source = geocoded(source, context.geocoder, context.municipality.code)
    return replace(source, schedule=spec.schedule, rhythm=spec.rhythm)
