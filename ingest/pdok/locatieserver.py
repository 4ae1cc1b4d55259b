"""PDOK Locatieserver: which wijk a street or postcode of our gemeente lies in.

``https://api.pdok.nl/bzk/locatieserver/search/v3_1/free`` is a full-text search: it answers something to
nearly every question, from the whole country, best guess first. So every question is filtered on the
gemeente, and an answer counts only if it is about what was asked; see ``Locatieserver.find``.
House numbers are never sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import orjson

from domain.areas import GemeenteCode
from domain.errors import SourceRefused
from domain.street_names import street_key
from ingest.getting import Getter

BASE_URL = "https://api.pdok.nl/bzk/locatieserver/search/v3_1"
MOST_ROWS = 100
"""The service gives no more at once."""
_FIELDS = "gemeentecode straatnaam postcode buurtcode"
_BU = re.compile(r"BU[0-9]{8}")


class Locatieserver:
    """Asks for addresses of one gemeente.

    Args:
        web: the HTTP client; its limit of time is what an event may wait.
        gemeente: code of the gemeente that every question is filtered on.
        base_url: of the service.
    """

    def __init__(self, web: Getter, gemeente: GemeenteCode, *, base_url: str = BASE_URL) -> None:
        self._web = web
        self._digits = gemeente[2:]
        self._base_url = base_url.rstrip("/")

    def find(self, street: str | None, pc6: str | None) -> str | None:
        """Return the code of the wijk that all addresses of a street, a postcode, or both lie in.

        None when there is no such address, when they lie in several wijken, or when a street has so
        many that one answer does not hold them all: nothing is guessed.

        Args:
            street: name without house number; None asks for the postcode alone.
            pc6: full postcode without a space; None asks for the street alone.

        Raises:
            Transient: the service cannot be asked now.
            Terminal: it refuses, or answers something else than addresses.
        """
        words = _plain(street) if street else ""
        asked = " ".join(word for word in (words, pc6) if word)
        if not asked:
            return None
        rows, total = self._ask(asked, MOST_ROWS)
        key = street_key(street) if street else None
        ours = [row for row in rows if self._is_asked(row, key, pc6)]
        # Best first: where the last row is another street's, all of ours came before it.
        if pc6 is None and total > len(rows) and len(ours) == len(rows):
            return None
        wijken = {row.get("buurtcode") for row in ours}
        wijk = next(iter(wijken)) if len(wijken) == 1 else None
        return wijk if isinstance(wijk, str) and _BU.fullmatch(wijk) else None

    def check(self, name: str) -> None:
        """Ask for any address of the gemeente, to see that the service answers as it should.

        Args:
            name: of the gemeente.

        Raises:
            Transient: the service cannot be asked now.
            Terminal: it refuses, answers something else, or has no address of this gemeente.
        """
        rows, _ = self._ask(_plain(name), rows=1)
        if not any(self._is_asked(row, None, None) for row in rows):
            raise SourceRefused(
                "geocoder: has no address of this gemeente; correct the address of the service"
            )

    def _ask(self, words: str, rows: int) -> tuple[list[Mapping[str, Any]], int]:
        query = [
            ("q", words),
            ("fq", f"gemeentecode:{self._digits}"),
            ("fq", "type:adres"),
            ("fl", _FIELDS),
            ("rows", str(rows)),
        ]
        return _rows(self._web.get(f"{self._base_url}/free?{urlencode(query)}").body)

    def _is_asked(self, row: Mapping[str, Any], key: str | None, pc6: str | None) -> bool:
        return (
            row.get("gemeentecode") == self._digits
            and (pc6 is None or row.get("postcode") == pc6)
            and (key is None or street_key(str(row.get("straatnaam", ""))) == key)
        )


def _plain(street: str) -> str:
    """Return a street without the signs that are orders to a full-text search."""
    return " ".join("".join(c if c.isalnum() or c in "'." else " " for c in street).split())


def _rows(body: bytes) -> tuple[list[Mapping[str, Any]], int]:
    try:
        response = orjson.loads(body)["response"]
        total = int(response["numFound"])
        rows: list[Mapping[str, Any]] = [row for row in response["docs"] if isinstance(row, dict)]
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        raise SourceRefused("geocoder: the answer is not one of the Locatieserver") from None
    return rows, total
