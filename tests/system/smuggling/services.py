"""Sources over HTTP that answer every kind of personal data in every text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from tests.ingest.knmi.hours_served import HEADER, row, text
from tests.ingest.ndw.feeds import page as ndw_page
from tests.ingest.ndw.feeds import sample
from tests.ingest.registered_crime.reading import GEMEENTE, areas
from tests.support import signalen
from tests.support.http_pages import Asked, Page, json_page
from tests.support.http_source import HttpSource
from tests.support.odata import ODataService
from tests.support.signalen import Signalen, melding
from tests.support.smuggled import SMUGGLED, smuggled_into
from tests.system.smuggling.door import Door

TOKEN = "sleutel-van-de-proef-8812"
TOKEN_VARIABLE = "PROEF_SIGNALEN"

Respond = Callable[[Asked], Page]
_TEXTS = re.compile(r'(?<=>)[^<>\s][^<>]*(?=</)|(?<= id=")[^"]*|(?<= version=")[^"]*')
_PAGE = "P 1 BON-01 BR woning {text} Nijmegen 082131"


class Services:
    """All of them at one address, each below a path of its own."""

    def __init__(self) -> None:
        made = (_signalen(), _roads(), _crime(), _weather(), _feed())
        self._responds: Mapping[str, Respond] = {path: respond for path, respond, _ in made}
        self._doors = [door for *_, door in made]
        self._failure: Respond | None = None

    def doors(self, url: str) -> list[Door]:
        """Return the doors, with the address in their settings."""
        return [
            Door(door.source, door.kind, door.settings.replace("URL", url), door.records)
            for door in self._doors
        ]

    def failures(self) -> Iterator[str]:
        """Make all of them fail in one way after another, and yield the name of each way."""
        texts = cycle(item.value for item in SMUGGLED)
        ways: Mapping[str, Respond] = {
            "refused": lambda _: Page(next(texts).encode(), status=403, headers={"x-door": "nee"}),
            "moved": lambda _: Page(
                b"", status=302, headers={"location": f"https://x.example/{quote(next(texts))}"}
            ),
            "other": lambda _: json_page(
                {"results": [{"id": 1, "updated_at": next(texts)}], "count": 1, "value": [next(texts)]}
            ),
            "page": lambda _: Page(f"<html>{escape(next(texts))}</html>".encode(), "text/html"),
        }
        for name, respond in ways.items():
            self._failure = respond
            yield name

    def respond(self, asked: Asked) -> Page:
        """Return what the service below a path answers."""
        if self._failure is not None:
            return self._failure(asked)
        return next(r for path, r in self._responds.items() if asked.path.startswith(path))(asked)


def serving(services: Services) -> HttpSource:
    """Return the server of all of them."""
    return HttpSource(services.respond)


def _signalen() -> tuple[str, Respond, Door]:
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
    listed = Signalen(now, TOKEN)
    listed.step = timedelta(milliseconds=1)
    record: dict[str, Any] = melding(1, now, incident_date_start=now.isoformat())
    listed.add()
    for carrier in smuggled_into(record):
        assert isinstance(carrier.record, dict)
        own = ("id", "created_at", "updated_at")  # the list itself, and not a text of it
        listed.add(**{name: value for name, value in carrier.record.items() if name not in own})
    settings = (
        f'url = "URL", token = {{ env = "{TOKEN_VARIABLE}" }}, interval_seconds = 3600, history_days = 0'
    )
    door = Door("meldpunt", "signalen", settings, len(listed.meldingen))
    return signalen.PATH, listed.respond, door


def _roads() -> tuple[str, Respond, Door]:
    whole = sample("incidents_v3.xml").decode().replace("2026-03-01", "2024-03-01")
    begin, end = whole.index("<sit:situation "), whole.index('<sit:situation id="NDW08_L7"')
    situation = whole[begin:end]
    made: list[str] = []
    for match in _TEXTS.finditer(situation):
        for item in SMUGGLED:
            changed = situation[: match.start()] + escape(item.value) + situation[match.end() :]
            # Each with ids of its own, also where those of the sample stand.
            made.append(changed.replace("RWS01_M1", f"RWS01_{len(made)}"))
    body = ndw_page((whole[:begin] + "".join(made) + whole[begin:]).encode())
    door = Door("wegen", "ndw", 'url = "URL/wegen/incidents.xml.gz", interval_seconds = 3600', len(made))
    return "/wegen/", lambda _: body, door


def _crime() -> tuple[str, Respond, Door]:
    service = ODataService()
    month = "2024MM03"
    service.fill(["0.0.0"], [GEMEENTE, *areas()], [month])
    for number, (item, area) in enumerate(zip(SMUGGLED, cycle(areas()), strict=False)):
        service.put("1.1.1", area, month, item.value)
        service.put(item.value, area, month, number)
        # Another period, of which only what it says of itself is looked at.
        service.put("0.0.0", GEMEENTE, f"{1950 + number}JJ00", number)
        service.statuses[f"{1950 + number}JJ00"] = item.value
    settings = 'url = "URL/odata", table = "47022NED", recent = 1, history = 0'
    return (
        "/odata/",
        service.respond,
        Door("misdrijven", "registered-crime", settings, 2 * len(SMUGGLED)),
    )


def _weather() -> tuple[str, Respond, Door]:
    right = row((datetime.now(UTC) - timedelta(days=2)).date(), 1)
    cells = right.strip().split(",")
    # A comma would make a row too long, and the whole answer one that is not believed.
    texts = [item.value for item in SMUGGLED if "," not in item.value]
    rows = [
        ",".join([*cells[:at], value, *cells[at + 1 :]]) + "\n"
        for at in range(len(cells))
        for value in texts
    ]
    body = text(HEADER.replace("KNMI", f"KNMI {texts[0]}") + right + "".join(rows))
    return (
        "/uren",
        lambda _: body,
        Door("weer", "knmi", 'url = "URL/uren", station = 275', len(rows) + 1),
    )


def _feed() -> tuple[str, Respond, Door]:
    first = datetime.now(UTC) - timedelta(days=29)
    fields = ("title", "link", "guid", "description", "author", "category", "pubDate")
    items: list[str] = []
    for name in (*fields, ""):
        for item in SMUGGLED if name else SMUGGLED[:1]:
            number = len(items)
            at = first + number * timedelta(hours=2)
            texts = dict.fromkeys(fields, "x") | {
                "title": _PAGE.format(text="Molenstraat"),
                "guid": f"page-{number}",
                "pubDate": at.isoformat(),
            }
            if name:
                texts[name] = _PAGE.format(text=item.value) if name == "title" else item.value
            inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in texts.items())
            items.append(f"<item>{inner}</item>")
    body = f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>"
    answer = Page(body.encode(), "application/rss+xml")
    return (
        "/rss",
        lambda _: answer,
        Door("webfeed", "p2000-feed", 'url = "URL/rss", interval = 3600', len(items)),
    )
