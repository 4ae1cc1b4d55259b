"""Sources over HTTP to be killed in: their stand-ins, with enough to read for many polls."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

from tests.ingest.kills.case import Case, Given
from tests.ingest.kills.reading import START
from tests.ingest.knmi.hours_served import Knmi
from tests.ingest.ndw import feeds as ndw
from tests.ingest.p2000.web_feeds import item, rss
from tests.support.http_pages import Asked, Page, Respond
from tests.support.http_source import HttpSource
from tests.support.odata import ODataService
from tests.support.signalen import Signalen

TOKEN = "geheim-7f3a9c"
AREAS = ("GM0268", "WK026802", "BU02680202", "BU02680203")


@contextmanager
def serving(respond: Respond) -> Iterator[str]:
    """The address of a source; its clock stands still, as that of its readers nearly does."""
    with HttpSource(respond, now=lambda: START) as source:
        yield source.url


def following(bodies: Sequence[bytes], content_type: str) -> Respond:
    """A feed that shows the next of these to whoever has read one, and so does not care how often it
    was asked."""

    def respond(asked: Asked) -> Page:
        read = asked.headers.get("if-none-match", '"-1"')
        number = min(int(read.strip('"')) + 1, len(bodies) - 1)
        return Page(bodies[number], content_type, etag=f'"{number}"')

    return respond


@contextmanager
def signalen(folder: Path) -> Iterator[Given]:
    """History and news, with many changes at one moment and some taken back."""
    server = Signalen(START - timedelta(days=20), TOKEN)
    server.step = timedelta(hours=3)
    old = [server.add() for _ in range(150)]
    server.now = START
    server.step = timedelta(seconds=20)
    new = [server.add() for _ in range(150)]
    server.change_all(new[:25], "b", server.now)
    server.change_all([*old[:3], *new[30:33]], "a")
    turns = itertools.cycle((*old[:9], *new[:9]))
    states = itertools.cycle(("b", "o", "m", "a", "reopened"))
    (folder / "token").write_text(TOKEN)
    with serving(server.respond) as url:
        token = f"token = {{ file = '{folder / 'token'}' }}"
        yield Given(
            f"url = '{url}'\npage_size = 10\n{token}",
            lambda: server.change(next(turns), next(states)),
        )


@contextmanager
def registered_crime(_folder: Path) -> Iterator[Given]:
    """Six years of months, with an unknown count and one that is none."""
    months = [f"{year}MM{month:02}" for year in range(2020, 2026) for month in range(1, 13)]
    service = ODataService()
    service.fill(["0.0.0", "1.1.1", "1.4.1"], AREAS, months)
    service.put("1.1.1", AREAS[1], months[-3], None)
    service.put("1.1.1", AREAS[1], months[-4], 1.5)
    counts = itertools.count(5000)

    def revise() -> None:
        count = next(counts)
        service.put("1.1.1", AREAS[2], months[-1 - count % 12], count)

    with serving(service.respond) as url:
        yield Given(f"table = '47022NED'\nurl = '{url}/ODataApi/OData'", revise)


@contextmanager
def knmi(_folder: Path) -> Iterator[Given]:
    """Years of hours, of which the last days are revised."""
    today = START.date()
    days = [today - timedelta(days=n) for n in range(0, 1900, 5)]
    station = Knmi({(day, hour): str(100 + hour) for day in days for hour in (1, 24)})
    counts = itertools.count(200)

    def revise() -> None:
        count = next(counts)
        station.temperatures[days[count % 2], 24] = str(count)

    with serving(station.respond) as url:
        yield Given(f"station = 275\nurl = '{url}/uurgegevens'\nhistory_days = 1900", revise)


@contextmanager
def roads(_folder: Path) -> Iterator[Given]:
    """Publications of incidents that come, change, are cancelled, move away and cannot be read."""

    def publication(number: int) -> bytes:
        began = f"{START - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
        shown = []
        for age in range(8):
            key = number - age
            cancelled = "<lifeCycleManagement><cancel>true</cancel></lifeCycleManagement>"
            more = cancelled if key % 5 == 0 and age > 2 else ""
            lat = "52.37" if key % 7 == 0 and age > 3 else "51.84"
            start = "onbekend" if key % 11 == 0 else began
            shown.append(ndw.record(f"R{key}", 1 + age // 2, lat=lat, began=start, more=more))
        return ndw.feed(shown)

    bodies = [publication(number) for number in range(60)]
    with serving(following(bodies, "application/xml")) as url:
        yield Given(f"url = '{url}/incidents.xml'")


@contextmanager
def web_pages(_folder: Path) -> Iterator[Given]:
    """A feed of pages that shows the last ones, with repeats, other regions and a time that is none."""

    def page(number: int) -> str:
        street = ("eikstraat", "beukweg", "esplein", "wilgenhof")[number // 3 % 4]
        place = "arnhem" if number % 10 == 9 else "nijmegen"
        text = f"p 1 bon-05 br woning {street} {place} 0891{90 + number % 3}"
        at = format_datetime(START - timedelta(hours=30) + number * timedelta(minutes=20), usegmt=True)
        return item(number, text, "gisteren" if number % 13 == 12 else at)

    def last(number: int) -> bytes:
        return rss(*(page(n) for n in range(number + 2, max(number - 8, 0), -1)))

    with serving(following([last(number) for number in range(60)], "text/xml")) as url:
        yield Given(f"url = '{url}/rss'")


SERVED = {
    "signalen": Case(70, 300, signalen),
    "registered-crime": Case(40, 500, registered_crime),
    "knmi": Case(70, 1000, knmi),
    "ndw": Case(62, 60, roads),
    "p2000-feed": Case(62, 50, web_pages),
}
