"""The connector over the stand-in of CBS's service, polled into a real outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from domain.areas import Municipality
from domain.events import Figure
from domain.topics import Lane
from ingest.http.protocol import HttpClient
from ingest.protocol import Connector, Draft, Feed, Finding, Source
from ingest.registered_crime.connector import RegisteredCrimeConnector, Rounds
from ingest.registered_crime.drafts import DraftMaker
from ingest.registered_crime.service import TableService
from ingest.registered_crime.tables import TABLES, Choice, TableName, recent
from tests.ingest.polled import PolledConnector
from tests.ingest.samples import KEYED, NothingToPoll, unpublished
from tests.support.http_memory import MemoryClient
from tests.support.odata import ROOT, ODataService
from wijkbeeld.gemeenten import load_municipality

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
INTERVAL = timedelta(hours=24)
SOURCE = Source("misdrijven", (Feed(Lane.LIVE, NothingToPoll()),))
OFFENCES = ("0.0.0", "1.1.1", "1.2.3", "2.6.10", "1.4.1")
MONTHS = ("2025MM11", "2025MM12", "2026MM01")
GEMEENTE, STADSDEEL, WIJK = "GM0268", "WK026802", "BU02680202"


@cache
def nijmegen() -> Municipality:
    return load_municipality("nijmegen")


def other_gemeente(code: str, wijken: Sequence[str] = ()) -> Municipality:
    """A gemeente with these wijken, and a stadsdeel around each as its code says."""
    point = {"lat": 52.0, "lon": 4.3}
    districts = sorted({f"WK{wijk[2:8]}" for wijk in wijken})
    changes: dict[str, Any] = {
        "code": code,
        "stadsdelen": [{"code": d, "name": d, **point} for d in districts],
        "wijken": [{"code": w, "name": w, "stadsdeel": f"WK{w[2:8]}", **point} for w in wijken],
        "teams": [{"id": "team", "name": "Team", "wijken": list(wijken)}],
    }
    return Municipality.model_validate(nijmegen().model_dump() | changes)


def areas(municipality: Municipality | None = None) -> list[str]:
    """Every area of a gemeente below itself."""
    gemeente = municipality or nijmegen()
    return [*gemeente.stadsdeel_by_code, *gemeente.wijk_by_code]


def service_with(months: Sequence[str], offences: Sequence[str] = OFFENCES) -> ODataService:
    """A service with each offence in each area of Nijmegen, and one in each year and elsewhere."""
    service = ODataService()
    years = sorted({f"{month[:4]}JJ00" for month in months})
    service.fill(offences, [GEMEENTE, *areas(), "NL00", "GM0296", "BU02960101"], [*years, *months])
    return service


def connector(
    client: HttpClient,
    url: str = ROOT,
    *,
    table: TableName = "47022NED",
    municipality: Municipality | None = None,
    choice: Choice | None = None,
    interval: timedelta | None = INTERVAL,
) -> RegisteredCrimeConnector:
    gemeente = municipality or nijmegen()
    service = TableService(client, url, TABLES[table], gemeente.code, areas(gemeente))
    drafts = DraftMaker(table, gemeente, gemeente.boundary_year, KEYED)
    return RegisteredCrimeConnector(service, drafts, Rounds(choice or recent(24), interval))


def over(service: ODataService, **given: Any) -> RegisteredCrimeConnector:
    return connector(MemoryClient(service.respond), table=service.table, **given)


def one_round(reading: Connector, most: int = 500) -> list[Finding]:
    """What a round brings."""
    findings: list[Finding] = []
    poll = reading.poll(None, START)
    for _ in range(most):
        findings += poll.findings
        if poll.done or poll.wait:
            return findings
        poll = reading.poll(poll.cursor, START)
    raise AssertionError(f"{most} polls without an end")


def figures(findings: Sequence[Finding]) -> list[Figure]:
    """The figures; nothing else may be there."""
    found = []
    for finding in findings:
        assert isinstance(finding, Draft)
        assert isinstance(finding.data, Figure)
        found.append(finding.data)
    return found


class Reader(PolledConnector):
    """Reads a stand-in."""

    def __init__(self, folder: Path, service: ODataService) -> None:
        super().__init__(folder, SOURCE.name, lambda: over(service), START)

    def versions(self) -> list[tuple[tuple[str, str, str], int, float | None, str]]:
        """Of every version: measure, area and first day; revision, value and status."""
        found = []
        for record in unpublished(self.path):
            assert not record.rejected
            event = orjson.loads(record.payload)
            data = event["data"]
            key = data["measure"], data["area"], data["periodStart"]
            found.append((key, event["rev"], data.get("value"), data["status"]))
        return sorted(found, key=lambda version: version[:2])

    def current(self) -> dict[tuple[str, str, str], float | None]:
        """The value of each figure by its latest version."""
        return {key: value for key, _rev, value, _status in self.versions()}


def expected(service: ODataService) -> dict[tuple[str, str, str], float | None]:
    """What ``Reader.current`` must be, from the service alone, said in other words than the code's."""
    ours = {GEMEENTE, *areas()}
    wanted: dict[tuple[str, str, str], float | None] = {}
    for (offence, area, period), count in service.rows.items():
        if area not in ours or "MM" not in period or (offence == "1.4.1" and area != GEMEENTE):
            continue
        measure = "cbs.47022ned." + offence.replace(".", "-")
        if offence == "0.0.0":
            measure = "cbs.47022ned-totaal"
        assert count is None or isinstance(count, int)
        wanted[measure, area, f"{period[:4]}-{period[6:]}-01"] = count
    return wanted
