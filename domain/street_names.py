"""Names of streets as they are compared: sources and tables write one street in several ways."""

from __future__ import annotations

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=20_000)
def street_key(name: str) -> str:
    """Return a street's name as it is compared: lower case, without accents, hyphens and full stops."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c) and c != "'")
    return " ".join(kept.split())
