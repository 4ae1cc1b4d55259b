"""Files with every kind of personal data in every place: pages, and deliveries in watched folders."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.ingest.filedrop import conftest as filedrop
from tests.ingest.surveys.test_surveys import MONITOR
from tests.ingest.tabular.dropping import drop
from tests.ingest.veiligheidshuis.sealing import FIGURES, NEW, as_csv, deliver, document, public
from tests.support.smuggled import SMUGGLED, Smuggled, smuggled_into
from tests.system.smuggling.door import Door

PAGES = (
    "{at}|1600/2/K/A|00.000|001123108|ALN|P 1 BON-01 BR woning {text} Nijmegen 082131",
    "{at}|1600/2/K/A|00.000|001123108|ALN|A1 12101 Rit 12345 {text} Nijmegen",
    "{at}|1600/2/K/A|00.000|001123108|ALN|Aanrijding letsel {text} Nijmegen 123456",
    "{at}|1600/2/K/A|00.000|{text}|ALN|P 2 BR afval Nijmegen 082131",
    "{text}",
)
INSPECTIONS = Path(__file__).parents[2] / "ingest" / "inspections" / "odrn.csv"


def lay(folder: Path) -> list[Door]:
    """Lay everything into a municipality's folder; return the doors that read it."""
    return [_pages(folder), _inspections(folder), _survey(folder), _reports(folder), _aggregates(folder)]


def _pages(folder: Path) -> Door:
    # Far enough apart that no two are one incident.
    first = datetime.now(UTC) - timedelta(days=30)
    texts = [(page, item.value) for page in PAGES for item in SMUGGLED]
    (folder / "pages.log").write_text(
        "".join(
            "FLEX|"
            + page.format(at=f"{first + n * timedelta(hours=2):%Y-%m-%d %H:%M:%S}", text=text)
            + "\n"
            for n, (page, text) in enumerate(texts)
        )
    )
    return Door("meldkamer", "p2000", 'file = "pages.log"', len(texts))


def _inspections(folder: Path) -> Door:
    header, row, *_ = csv.reader(io.StringIO(INSPECTIONS.read_text("cp1252")), delimiter=";")
    rows = [
        [f"W.Z26.{number}", *cells[1:]] if cells[0] == row[0] else cells
        for number, cells in enumerate(_changed(row))
    ]
    drop(folder / "odrn", "export.csv", _csv(header, [row, *rows]))
    (folder / "bag.csv").write_text("bag_id,wijk\n0268010000012345,BU02680423\n")
    settings = 'folder = "odrn", mapping = "mappings/odrn.toml", bag_table = "bag.csv"'
    return Door("odrn", "inspections", settings, len(rows) + 1)


def _survey(folder: Path) -> Door:
    header, row, *_ = csv.reader(io.StringIO(MONITOR), delimiter=";")
    rows = list(_changed(row))
    drop(folder / "vm", "cijfers.csv", _csv(header, [row, *rows]))
    settings = 'folder = "vm", mapping = "mappings/veiligheidsmonitor.toml"'
    return Door("onderzoek", "surveys", settings, len(rows) + 1)


def _reports(folder: Path) -> Door:
    """CSV and NDJSON, also with columns and names of files that tell of somebody."""
    (folder / "mappings" / "meldingen.toml").write_text(filedrop.MAPPING)
    header, row = filedrop.COLUMNS, filedrop.changed(gemeld="10-03-2024 08:30")
    rows = [row, *_changed(row)]
    drop(folder / "meldingen", "export.csv", _csv(header, rows))
    drop(folder / "meldingen", "export.ndjson", _ndjson(header, rows))
    named = [item.value.replace("/", "_") for item in SMUGGLED]
    for number, name in enumerate(named):
        changed = [f"n-{number}", *row[1:]]
        drop(
            folder / "meldingen",
            f"{name}.csv",
            _csv([*header, name], [[*changed, name], ["", *row[1:], ""]]),
        )
    settings = 'folder = "meldingen", mapping = "mappings/meldingen.toml"'
    return Door("meldingen", "filedrop", settings, 2 * len(rows) + 2 * len(named))


def _aggregates(folder: Path) -> Door:
    """One delivery that is right, and for every kind some that are refused as a whole."""
    day = datetime.now(UTC)
    key = public(NEW, day.date() - timedelta(days=2), day.date() + timedelta(days=2))
    figures = [{**figure, "period": "2024KW03"} for figure in FIGURES]
    right = document(1, figures, issuedAt=(day - timedelta(hours=1)).isoformat())
    deliver(folder / "zvh", right, "right.json")
    for number, (item, said) in enumerate(_person_shaped(right)):
        deliver(folder / "zvh", said, f"{number}.json")
        deliver(folder / "zvh", as_csv(said), f"{number}.csv")
        deliver(folder / "zvh", {**right, "naam": item.value, item.value: 1}, f"more-{number}.json")
        drop(folder / "zvh", f"unsigned-{number}.json", json.dumps({**right, "serial": number + 2}))
        drop(folder / "zvh", f"unsigned-{number}.json.sig", item.value)
    dates = f"since = {key.since}, until = {key.until}"
    settings = f'folder = "zvh", keys = [{{ public = "{key.public}", {dates} }}]'
    return Door("zvh", "veiligheidshuis", settings, len(figures) + 4 * len(SMUGGLED))


def _person_shaped(right: dict[str, Any]) -> Iterator[tuple[Smuggled, dict[str, Any]]]:
    """Each kind in place of a text of a delivery, in turn."""
    fields = cycle(dict.fromkeys(carrier.path for carrier in smuggled_into(right)))
    for item, path in zip(SMUGGLED, fields, strict=False):
        changed = next(c.record for c in smuggled_into(right, [item]) if c.path == path)
        assert isinstance(changed, dict)
        yield item, changed


def _changed(row: Sequence[str]) -> Iterator[list[str]]:
    """A row with each kind in place of each cell."""
    for item in SMUGGLED:
        for column in range(len(row)):
            yield [*row[:column], item.value, *row[column + 1 :]]


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows([header, *rows])
    return out.getvalue()


def _ndjson(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(json.dumps(dict(zip(header, row, strict=True))) + "\n" for row in rows)
