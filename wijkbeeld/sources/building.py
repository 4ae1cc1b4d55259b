"""What sources are built from, out of the settings and the data directory."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.areas import Municipality
from domain.errors import SettingsError
from ingest.context import SourceContext
from ingest.geocoding.geocoder import Geocoder
from ingest.geocoding.settings import LIMITS, build_geocoder
from ingest.http.clients import HttpClients
from ingest.http.pace import HostPace
from ingest.keys import KEY_BYTES, KeyedHash, load_or_create_key
from ingest.kind import SourceSpec
from ingest.secret import SecretReader
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.kept_state import first_start
from wijkbeeld.settings import Settings
from wijkbeeld.sources.declared import declared_geocoder, declared_sources
from wijkbeeld.sources.outline import outline


def source_context(settings: Settings, municipality: Municipality) -> SourceContext:
    """Return what the sources of a data directory are built from; makes its key if it has none.

    Raises:
        SettingsError: the key cannot be read or made, nor the geocoder from what is said of it.
    """
    data_dir = DataDir(settings.data_dir)
    keyed = KeyedHash(load_or_create_key(data_dir.hash_key))
    context = _context(settings, municipality, keyed, first_start(data_dir))
    return replace(context, geocoder=_geocoder(settings, municipality, keyed))


def dry_context(settings: Settings, municipality: Municipality) -> SourceContext:
    """Return the same without writing anything: with a key for now where there is none yet, and with no
    geocoder, which would be told of places for nothing.

    Raises:
        SettingsError: the key cannot be read.
    """
    data_dir = DataDir(settings.data_dir)
    there = data_dir.hash_key.exists()
    key = load_or_create_key(data_dir.hash_key) if there else os.urandom(KEY_BYTES)
    kept = read_json(data_dir.state).get("first_start")
    started = datetime.fromisoformat(kept) if isinstance(kept, str) else datetime.now(UTC)
    return _context(settings, municipality, KeyedHash(key), started)


def _context(
    settings: Settings, municipality: Municipality, keyed: KeyedHash, started: datetime
) -> SourceContext:
    return SourceContext(
        municipality=municipality,
        keyed=keyed,
        speed=settings.speed,
        as_live=settings.as_live,
        seed=settings.seed,
        first_start=started,
        secrets=SecretReader(os.environ),
        holds=outline(settings, municipality),
    )


def _geocoder(settings: Settings, municipality: Municipality, keyed: KeyedHash) -> Geocoder | None:
    declared = declared_geocoder(settings)
    if not declared.enabled:
        return None
    # The geocoder has a pace of its own, by the minute; to wait for one here would hold up events.
    web = HttpClients(pace=HostPace(timedelta(0))).client(declared.url, limits=LIMITS)
    return build_geocoder(declared, web, municipality, keyed, DataDir(settings.data_dir).geocoded)


def require_declared(settings: Settings, name: str) -> SourceSpec:
    """Return a declared source.

    Raises:
        SettingsError: there is none of this name, or the declarations are wrong.
    """
    specs = declared_sources(settings)
    for spec in specs:
        if spec.name == name:
            return spec
    names = ", ".join(spec.name for spec in specs)
    raise SettingsError(f"source '{name}': is not declared; choose from {names}")
