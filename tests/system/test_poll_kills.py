"""kill -9 of ingest while it polls services and folders: warehouse and audit as if nothing had died."""

from __future__ import annotations

import csv
import io
import random
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from domain.clock import from_local
from ingest.status import read_status
from tests.ingest.filedrop.conftest import MAPPING, changed, csv_of
from tests.ingest.inspections.exports import BAG_TABLE, ODRN
from tests.ingest.registered_crime.reading import OFFENCES, expected, service_with
from tests.ingest.tabular.dropping import drop, nijmegen
from tests.support.http_pages import Asked, Page
from tests.support.http_source import HttpSource
from tests.support.odata import ODataService
from tests.support.signalen import PATH, Signalen
from tests.support.waiting import wait_until
from tests.system.audits import audited_clean
from tests.system.replays import CELLS
from tests.system.running import RunningWijkbeeld
from wijkbeeld.gemeenten import municipality_folder

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

SEED = 20261126
KILLS = 4
TOKEN = "geheim-7f3a9c"
MONTHS = [f"2025MM{month:02}" for month in range(1, 13)]
WIJKEN = tuple(nijmegen().wijk_by_code)
FIGURES = "SELECT measure, area, period_start, value FROM figure_current ORDER BY ALL"
SOURCES = """\
[sources.meldingen]
kind = "signalen"
settings = {{ url = "{url}", token = {{ file = "token" }}, page_size = 10, interval_seconds = 10 }}

[sources.misdrijven]
kind = "registered-crime"
settings = {{ table = "47022NED", url = "{url}/ODataApi/OData", history = 0 }}

[sources.loket]
kind = "filedrop"
settings = {{ folder = "loket", mapping = "loket.toml", rows_per_poll = 3, look_seconds = 0.2 }}

[sources.odrn]
kind = "inspections"

[sources.odrn.settings]
folder = "odrn"
mapping = "mappings/odrn.toml"
bag_table = "bag.csv"
rows_per_poll = 2
"""


class Services:
    """The two services at one address, which can be held in the middle of an answer."""

    def __init__(self) -> None:
        first = datetime.now(UTC) - timedelta(days=20)
        self.signalen = Signalen(first.replace(minute=0, second=0, microsecond=0), TOKEN)
        self.signalen.step = timedelta(minutes=95)
        self.crime: ODataService = service_with(MONTHS, OFFENCES[:2])
        self._lock = threading.Lock()
        self._left: int | None = None
        self.held = threading.Event()
        self._go_on = threading.Event()
        self.report(range(240))

    def report(self, numbers: range) -> None:
        """Enter meldingen, spread over the wijken, and close, cancel or reopen some of before."""
        with self._lock:
            for number in numbers:
                added = self.signalen.meldingen[self.signalen.add()]
                added["location"] = {**added["location"], "area_code": WIJKEN[number % len(WIJKEN)]}
                if number % 9 == 8:
                    self.signalen.change(added["id"] - 5, random.Random(number).choice("boa"))

    def now(self) -> None:
        """What is reported from here on is reported now."""
        self.signalen.now = datetime.now(UTC)
        self.signalen.step = timedelta(milliseconds=1)

    def respond(self, asked: Asked) -> Page:
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self.held.set()
                self._go_on.wait(60)
        with self._lock:
            return (self.signalen if asked.path == PATH else self.crime).respond(asked)

    @contextmanager
    def holding(self, requests: int) -> Iterator[None]:
        """Wait for so many requests, of which the last one gets no answer within the block."""
        self.held.clear()
        self._go_on.clear()
        self._left = requests
        assert self.held.wait(60), "nobody asks"
        try:
            yield
        finally:
            self._left = None
            self._go_on.set()

    def cells(self) -> Counter[tuple[str, str, datetime]]:
        return Counter(
            (m["location"]["area_code"], "jongerenoverlast", _hour(m["incident_date_start"]))
            for m in self.signalen.meldingen.values()
            if m["status"]["state"] != "a"
        )


class Deliveries:
    """What partners put into the folders, by the event that each row is about."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reports: dict[str, tuple[str, str, datetime] | None] = {}
        self._inspections: dict[str, tuple[str, str, datetime]] = {}

    def reports(self, name: str, numbers: range, soort: str) -> None:
        theme = {"Geluid": "geluidsoverlast", "Jongeren": "jongerenoverlast"}[soort]
        rows = []
        for number in numbers:
            local = datetime(2026, 3, 27) + timedelta(minutes=37 * number)  # noqa: DTZ001 - as written
            status = "Ingetrokken" if soort == "Jongeren" and number % 4 == 0 else "Open"
            said = {"nummer": str(number), "gemeld": f"{local:%d-%m-%Y %H:%M}", "soort": soort}
            rows.append(changed(**said, status=status))
            place = ("BU02680202", theme, _hour(from_local(local)))
            self._reports[said["nummer"]] = place if status == "Open" else None
        drop(self._folder / "loket", name, csv_of(*rows))

    def inspections(self, name: str, numbers: range) -> None:
        header, _, row, *_ = csv.reader(io.StringIO(ODRN().decode("cp1252")), delimiter=";")
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(header)
        for number in numbers:
            local = datetime(2026, 1, 5) + timedelta(days=number % 20)  # noqa: DTZ001 - as written
            said = {"Zaaknummer": f"W.Z26.{number}", "Datum controle": f"{local:%d-%m-%Y}"}
            writer.writerow([said.get(column, value) for column, value in zip(header, row, strict=True)])
            # A day without a time is its noon; the BAG table places it.
            place = ("BU02680202", "naleving", _hour(from_local(local + timedelta(hours=12))))
            self._inspections[said["Zaaknummer"]] = place
        drop(self._folder / "odrn", name, text.getvalue().encode("cp1252"))

    def cells(self) -> Counter[tuple[str, str, datetime]]:
        return Counter(
            place
            for place in (*self._reports.values(), *self._inspections.values())
            if place is not None
        )


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0, tzinfo=None)


def gemeente_with(folder: Path, url: str) -> Path:
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    (folder / "sources.toml").write_text(SOURCES.format(url=url))
    (folder / "token").write_text(TOKEN)
    (folder / "loket.toml").write_text(MAPPING)
    (folder / "bag.csv").write_text(BAG_TABLE)
    for name in ("loket", "odrn"):
        (folder / name).mkdir()
    return folder


def cells(running: RunningWijkbeeld) -> Counter[tuple[str, str, datetime]]:
    rows = (row.split("\t") for row in running.sql(CELLS).splitlines())
    return Counter({(wijk, theme, datetime.fromisoformat(at)): int(n) for wijk, theme, at, n in rows})


def figures(running: RunningWijkbeeld) -> dict[tuple[str, str, str], float | None]:
    rows = (row.split("\t") for row in running.sql(FIGURES).splitlines())
    return {(name, area, day): None if n == "\\N" else float(n) for name, area, day, n in rows}


def received(running: RunningWijkbeeld) -> int:
    return sum(source.received for source in read_status(running.data_dir / "outbox.sqlite").sources)


def grown(running: RunningWijkbeeld, enough: int) -> bool:
    return received(running) >= enough


def test_ingest_killed_in_its_polls_changes_nothing(tmp_path: Path) -> None:
    draws = random.Random(SEED)
    services = Services()
    with HttpSource(services.respond) as source:
        folder = gemeente_with(tmp_path / "proefstad", source.url)
        deliveries = Deliveries(folder)
        deliveries.reports("a.csv", range(200), "Geluid")
        deliveries.inspections("a.csv", range(120))
        env = {"WIJKBEELD_GEMEENTE": str(folder)}
        with RunningWijkbeeld(tmp_path / "data", env=env) as running:
            services.now()
            for number in range(KILLS):
                if number % 2 == 0:
                    with services.holding(draws.randint(1, 12)):
                        running.kill_part("ingest")
                else:
                    wait_until(partial(grown, running, received(running) + draws.randint(1, 40)))
                    running.kill_part("ingest")
                services.report(range(number * 10, number * 10 + 10))
                first = 200 * (number % 2) + 20 * number
                deliveries.reports(f"b{number}.csv", range(first, first + 40), "Jongeren")
            wanted = services.cells() + deliveries.cells()
            wait_until(lambda: cells(running) == wanted, 60, "the cells")
            audited_clean(running)
            assert cells(running) == wanted
            assert figures(running) == expected(services.crime)
            status = running.status()
    assert status["totals"]["in_flight"] == status["totals"]["rejected"] == 0
    assert {path.parent.name for path in folder.glob("*/*/*.csv")} == {"done"}
