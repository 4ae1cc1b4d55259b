"""A finder that is told what to answer, and the moments of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ingest.geocoding.cache import AnswerCache
from ingest.geocoding.geocoder import Geocoder
from ingest.keys import KEY_BYTES, KeyedHash

NOW = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
WIJK = "BU02680101"
KEYED = KeyedHash(bytes(KEY_BYTES))


@dataclass
class Finder:
    """Attributes: what it knows by street, what it raises instead, what it was asked."""

    known: dict[str | None, str | None] = field(default_factory=lambda: {"kerkstraat": WIJK})
    fails_with: Exception | None = None
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    def find(self, street: str | None, pc6: str | None) -> str | None:
        self.asked.append((street, pc6))
        if self.fails_with is not None:
            raise self.fails_with
        return self.known.get(street)


def geocoder(finder: Finder, folder: Path, per_minute: int = 60, seconds: float = 0.0) -> Geocoder:
    """A geocoder whose questions take so many seconds each."""
    ticks = iter(n * seconds for n in range(10_000))
    cache = AnswerCache(folder / "geocoder.sqlite")
    return Geocoder(finder, cache, KEYED, {WIJK}, per_minute=per_minute, stopwatch=lambda: next(ticks))
