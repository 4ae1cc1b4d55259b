"""Signalen's private API in this process: its shapes, and its filters as they really behave.

Behaviour: https://github.com/Amsterdam/signals, ``app/signals/apps/api`` (filters, paging, ordering).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from pydantic import JsonValue

from domain.clock import to_local
from tests.support.http_pages import Asked, Page, json_page

PATH = "/signals/v1/private/signals/"
ROOT = "https://meldingen.example"
Melding = dict[str, Any]
"""A record as JSON, with its times as ``datetime``."""

PERSONAL = (
    "Buurman Wiersemans schreeuwt",
    "Bel mij op 0612345678",
    "a.wiersemans@eikweg.example",
    "0612345678",
    "Eikweg",
    "6511AB",
    "Eikweg 4711, 6511AB Nijmegen",
    "b.deboer@nijmegen.example",
    "Gebeld met mevrouw Wiersemans",
    "cfa97730-902a-44fe-bd98-21ac2675b938",
)
"""What stands in every melding and may leave the connector in no form."""

_TIMES = ("created_at", "updated_at", "incident_date_start")
_SORTS = {"id", "created_at", "updated_at"}


def melding(number: int, at: datetime, **changes: Any) -> Melding:
    """Return a whole melding of the documented shape, made at ``at``."""
    made: Melding = {
        "_links": {
            "curies": {"name": "sia", "href": f"{ROOT}/signals/relations"},
            "self": {"href": f"{ROOT}{PATH}{number}"},
            "archives": {"href": f"{ROOT}{PATH}{number}/history"},
            "sia:attachments": {"href": f"{ROOT}{PATH}{number}/attachments"},
        },
        "_display": f"{number} - m - None - Eikweg",
        "id": number,
        "id_display": f"SIG-{number}",
        "signal_id": "cfa97730-902a-44fe-bd98-21ac2675b938",
        "source": "online",
        "text": "Buurman Wiersemans schreeuwt",
        "text_extra": "Bel mij op 0612345678",
        "status": {
            "text": "Gebeld met mevrouw Wiersemans",
            "user": "b.deboer@nijmegen.example",
            "state": "m",
            "state_display": "Gemeld",
            "target_api": None,
            "extra_properties": None,
            "send_email": False,
            "created_at": to_local(at).isoformat(),
        },
        "location": {
            "id": number,
            "stadsdeel": None,
            "buurt_code": None,
            "area_type_code": "cbs-buurt",
            "area_code": "BU02680202",
            "area_name": "Bottendaal",
            "address": {
                "openbare_ruimte": "Eikweg",
                "huisnummer": 4711,
                "huisletter": "",
                "huisnummer_toevoeging": "",
                "postcode": "6511AB",
                "woonplaats": "Nijmegen",
            },
            "address_text": "Eikweg 4711, 6511AB Nijmegen",
            "geometrie": {"type": "Point", "coordinates": [5.8535471, 51.8409471]},
            "extra_properties": None,
            "created_by": None,
            "bag_validated": True,
        },
        "category": {
            "sub": "Jongerenoverlast",
            "sub_slug": "jongerenoverlast",
            "main": "Overlast van en door personen of groepen",
            "main_slug": "overlast-van-en-door-personen-of-groepen",
            "category_url": "/signals/v1/public/terms/categories/x/sub_categories/jongerenoverlast",
            "departments": "VTH",
            "created_by": "b.deboer@nijmegen.example",
            "text": None,
            "deadline": None,
            "deadline_factor_3": None,
        },
        "reporter": {
            "email": "a.wiersemans@eikweg.example",
            "phone": "0612345678",
            "sharing_allowed": True,
            "allows_contact": True,
        },
        "priority": {"priority": "normal", "created_by": None},
        "type": {"code": "SIG", "created_at": to_local(at).isoformat(), "created_by": None},
        "created_at": at,
        "updated_at": at,
        "incident_date_start": at,
        "incident_date_end": None,
        "operational_date": None,
        "has_attachments": False,
        "attachments": [],
        "extra_properties": None,
        "notes": [{"text": "Gebeld met mevrouw Wiersemans", "created_by": "b.deboer@nijmegen.example"}],
        "directing_departments": [],
        "has_parent": False,
        "has_children": False,
        "assigned_user_email": "b.deboer@nijmegen.example",
    }
    return made | changes


class Signalen:
    """The list of meldingen, as the API gives it to whoever has the token.

    Args:
        now: time of the first change; each further one is a ``step`` later.
        token: that is accepted.
    """

    def __init__(self, now: datetime, token: str) -> None:
        self.now = now
        self.meldingen: dict[int, Melding] = {}
        self.between: list[Callable[[], object]] = []
        """What happens after each of the next pages, in turn."""
        self.step = timedelta(seconds=1)
        """From one change to the next."""
        self._token = token
        self._numbers = itertools.count(1)

    def add(self, **changes: Any) -> int:
        """Enter a melding; return its number."""
        number = next(self._numbers)
        self.meldingen[number] = melding(number, self._tick(), **changes)
        return number

    def change_all(self, numbers: Iterable[int], state: str, at: datetime | None = None) -> None:
        """Change several, one after another, or all ``at`` one moment."""
        for number in numbers:
            self.change(number, state, at)

    def change(self, number: int, state: str, at: datetime | None = None) -> None:
        """Give a melding another state, which changes ``updated_at``; ``at`` for one not of now."""
        changed = self.meldingen[number]
        changed["status"] = {**changed["status"], "state": state}
        changed["updated_at"] = at or self._tick()

    def _tick(self) -> datetime:
        self.now += self.step
        return self.now

    def respond(self, asked: Asked) -> Page:
        """Return what the API answers."""
        if asked.headers.get("authorization") != f"Bearer {self._token}":
            return _refusal(401, "Authentication credentials were not provided.")
        if asked.path != PATH:
            return _refusal(404, "Not found.")
        try:
            page = self._page(asked)
        except (ValueError, KeyError):
            return _refusal(400, "Enter a valid date/time.")
        if self.between:
            self.between.pop(0)()
        return page

    def _page(self, asked: Asked) -> Page:
        found = _ordered([m for m in self.meldingen.values() if _passes(m, asked)], asked)
        size = min(int(asked.query.get("page_size", 100)), 100)
        number = int(asked.query.get("page", 1))
        pages = max(-(-len(found) // size), 1)
        if not 1 <= number <= pages:
            return _refusal(404, "Invalid page.")

        def link(page: int) -> dict[str, JsonValue]:
            # Behind a proxy Django does not know that it is reached over https.
            query = urlencode({**asked.query, "page": page})
            href = f"{ROOT.replace('https', 'http')}{PATH}?{query}"
            return {"href": href if 1 <= page <= pages else None}

        return json_page(
            {
                "_links": {
                    "self": {"href": f"{ROOT}{PATH}"},
                    "next": link(number + 1),
                    "previous": link(number - 1),
                },
                "count": len(found),
                "results": [_rendered(m) for m in found[(number - 1) * size : number * size]],
            }
        )


def _refusal(status: int, detail: str) -> Page:
    page = json_page({"detail": detail})
    return Page(page.body, status=status)


def _passes(record: Melding, asked: Asked) -> bool:
    for name, text in asked.query.items():
        field, _, bound = name.rpartition("_")
        if field in ("updated", "created") and bound in ("after", "before"):
            value, limit = record[f"{field}_at"], datetime.fromisoformat(text.replace("Z", "+00:00"))
            limit = limit if limit.tzinfo is not None else limit.replace(tzinfo=UTC)
            if (value < limit) if bound == "after" else (value > limit):
                return False
        if field == "incident_date" and bound in ("after", "before"):
            # The wrong way round, as in the real one.
            day, wanted = to_local(record["incident_date_start"]).date(), date.fromisoformat(text)
            if (day > wanted) if bound == "after" else (day < wanted):
                return False
    return True


def _ordered(found: list[Melding], asked: Asked) -> list[Melding]:
    names = [n for n in asked.query.get("ordering", "").split(",") if n.lstrip("-") in _SORTS]
    for name in reversed(names or ["-created_at"]):
        field = name.lstrip("-")
        found = sorted(found, key=lambda m: m[field], reverse=name.startswith("-"))
    return found


def _rendered(record: Melding) -> Melding:
    """Times as Signalen writes them: with the offset of Amsterdam; a text in place of one stays."""
    times = {n: to_local(record[n]).isoformat() for n in _TIMES if isinstance(record[n], datetime)}
    return record | times
