"""What sources are built from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pydantic import SecretStr

from domain.areas import Municipality
from ingest.geocoding.geocoder import Geocoder
from ingest.http.clients import HttpClients
from ingest.http.protocol import HttpClientMaker
from ingest.keys import KeyedHash
from ingest.secret import SecretReader, SecretRef


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What sources are built from, beside their own settings.

    Attributes:
        speed: how many times faster than real time an archive plays; None for as fast as it can.
        as_live: an archive plays as if it happened today.
        seed: seed of the demo city.
        first_start: when this data directory was first used, aware, UTC; the demo's history ends there.
        folder: what relative paths in the settings of a source start from.
        secrets: reads what a reference points to.
        http: makes the clients of sources that are asked over HTTP.
        geocoder: places what has but a street or postcode; None where it is turned off.
        holds: tells whether a longitude and latitude (WGS84 degrees) lie in a wijk of the municipality;
            None where no polygons are kept.
    """

    municipality: Municipality
    keyed: KeyedHash
    speed: float | None
    as_live: bool
    seed: int
    first_start: datetime
    folder: Path = field(default_factory=Path)
    secrets: SecretReader = field(default_factory=lambda: SecretReader({}))
    http: HttpClientMaker = field(default_factory=HttpClients)
    geocoder: Geocoder | None = None
    holds: Callable[[float, float], bool] | None = None

    def path(self, text: str) -> Path:
        """Return the path of a file that the settings of a source name."""
        return self.folder / text

    def secret(self, ref: SecretRef) -> SecretStr:
        """Return the secret that the settings of a source refer to, as it is now.

        Raises:
            SettingsError: it is not there.
        """
        return self.secrets.read(ref, self.folder)
