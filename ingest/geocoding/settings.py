"""What a municipality may say of the geocoder, and the geocoder made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field

from domain.areas import Municipality
from ingest.geocoding.cache import MOST_ANSWERS, AnswerCache
from ingest.geocoding.geocoder import Geocoder
from ingest.getting import Getter
from ingest.http.address import SourceUrl
from ingest.http.limits import Limits
from ingest.keys import KeyedHash
from ingest.pdok.locatieserver import BASE_URL, Locatieserver
from ingest.toml_table import TomlTable

LIMITS = Limits(connect=1.0, read=1.0, whole=2.0, size=1024 * 1024)
"""Of one question: an event may wait for it. A hundred short records are some 10 kB."""


class GeocoderSettings(TomlTable):
    """The table ``[geocoder]`` of a municipality.

    Attributes:
        enabled: off unless the municipality turns it on: streets and postcodes go to PDOK then.
        url: of the Locatieserver; without a query.
        per_minute: most questions a minute.
        cache_size: most answers that are kept.
    """

    enabled: bool = False
    url: Annotated[SourceUrl, Field(pattern=r"^[^?#]{1,200}$")] = BASE_URL
    per_minute: Annotated[int, Field(ge=1, le=600)] = 60
    cache_size: Annotated[int, Field(ge=1, le=1_000_000)] = MOST_ANSWERS


def build_geocoder(
    settings: GeocoderSettings, web: Getter, municipality: Municipality, keyed: KeyedHash, cache: Path
) -> Geocoder | None:
    """Return the geocoder; None when it is turned off, and then no file is made.

    Args:
        web: HTTP client, with ``LIMITS``.
        keyed: makes the keys of the cache.
        cache: its file in the data directory.

    Raises:
        SettingsError: the cache cannot be written.
    """
    if not settings.enabled:
        return None
    finder = Locatieserver(web, municipality.code, base_url=settings.url)
    answers = AnswerCache(cache, settings.cache_size)
    wijken = municipality.wijk_by_code
    return Geocoder(finder, answers, keyed, wijken, per_minute=settings.per_minute)
