"""A file drop of reports of nuisance."""

from __future__ import annotations

from pathlib import Path

from ingest.filedrop.source import Settings, build
from ingest.protocol import Source
from tests.ingest.tabular.dropping import Context

MAPPING = """
kind = "signal"
id = ["nummer"]

[[leave_out]]
column = "soort"
values = ["Test"]

[[retract]]
column = "status"
values = ["Ingetrokken"]

[fields.occurred_at]
column = "gemeld"
[fields.category]
column = "soort"
values = { "Geluid" = "geluid", "Jongeren" = "jongeren", "Test" = "test" }
[fields.theme]
column = "soort"
values = { "Geluid" = "geluidsoverlast", "Jongeren" = "jongerenoverlast", "Test" = "overig" }
[fields.status]
column = "status"
values = { "Open" = "open", "Dicht" = "closed", "Ingetrokken" = "closed" }
[fields.severity]
column = "ernst"
optional = true
[fields.wijk]
column = "buurt"
values = { "Bottendaal" = "BU02680202" }
optional = true
[fields.pc6]
column = "postcode"
optional = true
"""
COLUMNS = ("nummer", "gemeld", "soort", "status", "ernst", "buurt", "postcode", "melder", "toelichting")
ROW = (
    "1",
    "10-03-2026 08:30",
    "Geluid",
    "Open",
    "2",
    "Bottendaal",
    "6511 AB",
    "J. Wiersemans",
    "buurman",
)


def csv_of(*rows: tuple[str, ...]) -> str:
    return "\n".join(";".join(row) for row in (COLUMNS, *rows)) + "\n"


def changed(**values: str) -> tuple[str, ...]:
    """The row with other values."""
    return tuple(values.get(name, value) for name, value in zip(COLUMNS, ROW, strict=True))


def filedrop(folder: Path, mapping: str = MAPPING, **settings: float) -> Source:
    """The source of ``folder/drop``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "drop").mkdir(exist_ok=True)
    (folder / "mapping.toml").write_text(mapping, encoding="utf-8")
    chosen = Settings(folder="drop", mapping="mapping.toml", **settings)
    return build("meldingen", chosen, Context(folder))
