"""Watched folders to be killed in: several deliveries, with rows of every sort."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.ingest.filedrop.conftest import MAPPING, changed, csv_of
from tests.ingest.inspections.exports import BAG_TABLE, ODRN
from tests.ingest.kills.case import Case, Given
from tests.ingest.surveys.test_surveys import MONITOR
from tests.ingest.tabular.dropping import drop, nijmegen
from tests.ingest.tabular.mappings import mapping_of
from tests.ingest.veiligheidshuis.sealing import KEYS, deliver, document, row

FOLDER = "folder = 'drop'\nkeep_days = 3650"


def mapped(folder: Path, mapping: str, rows_per_poll: int) -> Given:
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    return Given(f"{FOLDER}\nmapping = 'mapping.toml'\nrows_per_poll = {rows_per_poll}")


@contextmanager
def filedrop(folder: Path) -> Iterator[Given]:
    """Deliveries that say some things again and others otherwise, and one that is no table."""
    for name, first in (("a.csv", 0), ("b.csv", 100), ("c.csv", 200)):
        rows = (
            changed(
                nummer=str(n),
                soort="Wiersemans" if n % 9 == 0 else "Test" if n % 10 == 0 else "Geluid",
                status="Ingetrokken" if name > "a.csv" and n % 7 == 0 else "Open",
                ernst="3" if name == "c.csv" else "2",
            )
            for n in range(first, first + 150)
        )
        drop(folder / "drop", name, csv_of(*rows))
    drop(folder / "drop", "d.csv", "geen;mapping\n")
    yield mapped(folder, MAPPING, 5)


@contextmanager
def inspections(folder: Path) -> Iterator[Given]:
    """An export and a later one, each with planned, cancelled and unreadable rows."""
    header, *rows = csv.reader(io.StringIO(ODRN().decode("cp1252")), delimiter=";")
    result, mutated = header.index("Resultaat"), header.index("Laatst gewijzigd")
    for name in ("a.csv", "b.csv"):
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=";")
        writer.writerow(header)
        for number in range(140):
            told = list(rows[number % len(rows)])
            told[0] = f"W.Z26.{number}"
            if name == "b.csv" and number % 3 == 0:
                told[result] = "Ernstige overtreding"
                told[mutated] = "01-03-2026 09:00"
            writer.writerow(told)
        drop(folder / "drop", name, text.getvalue().encode("cp1252"))
    (folder / "bag.csv").write_text(BAG_TABLE, encoding="utf-8")
    given = mapped(folder, mapping_of("odrn"), 3)
    yield Given(f"{given.settings}\nbag_table = 'bag.csv'")


@contextmanager
def surveys(folder: Path) -> Iterator[Given]:
    """A table of every wijk, and the same with other figures for some."""
    header = MONITOR.splitlines()[0]
    for name, value in (("a.csv", "17,4"), ("b.csv", "17,6")):
        lines = [
            f'"{wijk}";"2023";"{value if n % 2 else "16,9"}";"15";"19";"x";"x";"x";"5";"4";"{6 - n % 5}"'
            for n, wijk in enumerate(nijmegen().wijk_by_code)
        ]
        drop(folder / "drop", name, "\n".join([header, *lines]) + "\n")
    yield mapped(folder, mapping_of("veiligheidsmonitor"), 1)


@contextmanager
def veiligheidshuis(folder: Path) -> Iterator[Given]:
    """Deliveries in turn: good, with a small number, with a serial of before, without a signature."""
    for number in range(60):
        figures = [row("cases-started", 20 + number), row("cases-started", 30, "WK026802")]
        serial = 1 if number % 7 == 6 else number + 1
        if number % 5 == 4:
            figures.append(row("cases-running", 3))
        key = {} if number % 11 else {"key": None}
        deliver(folder / "drop", document(serial, figures), f"{number:02}.json", **key)
    keys = ", ".join(
        f"{{ public = '{key.public}', since = {key.since}, until = {key.until} }}" for key in KEYS
    )
    yield Given(f"{FOLDER}\nkeys = [{keys}]")


DELIVERED = {
    "filedrop": Case(100, 300, filedrop),
    "inspections": Case(100, 100, inspections),
    "surveys": Case(100, 110, surveys),
    "veiligheidshuis": Case(70, 60, veiligheidshuis),
}
