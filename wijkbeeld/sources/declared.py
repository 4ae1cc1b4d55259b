"""Which sources are read: those of the command line, else the municipality's, else the demo city."""

from __future__ import annotations

from pathlib import Path

from domain.errors import SettingsError
from ingest.declarations import FILE, Declarations, parse_declarations
from ingest.geocoding.settings import GeocoderSettings
from ingest.kind import SourceSpec
from ingest.sources import KINDS, parse_source
from wijkbeeld.gemeenten import municipality_folder
from wijkbeeld.settings import Settings

WITHOUT_ANY = "demo"


def declared_sources(settings: Settings) -> tuple[SourceSpec, ...]:
    """Return the sources that are to be read.

    Raises:
        SettingsError: one of them is not declared as it must be; the message says where.
    """
    texts = settings.source_texts()
    if texts:
        return tuple(parse_source(text) for text in texts)
    return _of_municipality(settings.gemeente).sources or (parse_source(WITHOUT_ANY),)


def declared_geocoder(settings: Settings) -> GeocoderSettings:
    """Return what the municipality says of its geocoder, whichever sources are read.

    Raises:
        SettingsError: its ``sources.toml`` is wrong; the message says where.
    """
    return _of_municipality(settings.gemeente).geocoder


def sources_of_a_part(settings: Settings) -> tuple[SourceSpec, ...]:
    """Return the sources that a part of a running system reads: those that have topics.

    A source that was declared after ``up`` had started gets its topics at the next start.

    Raises: as ``declared_sources``.
    """
    known = {name for name in settings.known_sources.split(",") if name}
    return tuple(spec for spec in declared_sources(settings) if not known or spec.name in known)


def _of_municipality(name_or_folder: str) -> Declarations:
    folder = municipality_folder(name_or_folder)
    try:
        text = folder.joinpath(FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Declarations()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"gemeente '{name_or_folder}': cannot read {FILE}") from None
    return parse_declarations(text, KINDS, Path(str(folder)))
