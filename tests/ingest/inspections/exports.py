"""Exports of two organisations, made up in the form of their systems."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingest.inspections.source import Settings, build
from ingest.protocol import Source
from tests.ingest.tabular.dropping import Context, nijmegen
from tests.ingest.tabular.mappings import mapping_of
from tests.ingest.tabular.test_tables import write_workbook

ODRN = Path(__file__).with_name("odrn.csv").read_bytes
BAG_TABLE = "bag_id,wijk\n0268010000012345,BU02680423\n0268010000012346,BU02680202\n"
SHEET = "Toezicht"
HEADER = (
    "Zaak", "Bezoek", "Bezoekdatum", "Status", "Gebruiksfunctie", "Verblijfsobject", "Buurtcode",
    "Object", "Contact", "Opmerkingen", "Conclusie", "Prioriteit", "Hercontrole op", "Mutatiedatum",
)  # fmt: skip


def _at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 2, day, hour)  # noqa: DTZ001 - as a workbook has it


VISITS: tuple[tuple[object, ...], ...] = (
    (4711001, 1, _at(3, 10), "Afgerond", "Logiesfunctie", "0268010000012345", None, "Hotel Wiersemans",
     "A. Wiersemans", "gast klaagde", "Voldoet niet - ernstig", 1, _at(17), _at(4, 9)),
    (4711001, 2, _at(17, 14), "Afgerond", "Logiesfunctie", "0268010000012345", None, "Hotel Wiersemans",
     "A. Wiersemans", None, "Voldoet", 1, None, _at(18, 9)),
    (4711002, 1, _at(5), "Afgerond", "Onderwijsfunctie", None, "BU02680202", "School", None, None,
     "Geen toegang", 3, None, _at(5, 17)),
    (4711003, 1, _at(20), "Ingepland", "Woonfunctie voor zorg", None, None, None, None, None, None, 2,
     None, _at(1)),
)  # fmt: skip


def write_vrgz(path: Path, visits: tuple[tuple[object, ...], ...] = VISITS) -> Path:
    return write_workbook(path, [("Overzicht toezicht",), (), HEADER, *visits], SHEET)


def inspections(folder: Path, organisation: str = "odrn", rows_per_poll: int = 1_000) -> Source:
    """The source of ``folder/drop`` with the mapping of an organisation."""
    (folder / "drop").mkdir(parents=True, exist_ok=True)
    (folder / "bag.csv").write_text(BAG_TABLE, encoding="utf-8")
    (folder / "mapping.toml").write_text(mapping_of(organisation), encoding="utf-8")
    settings = Settings(
        folder="drop", mapping="mapping.toml", bag_table="bag.csv", rows_per_poll=rows_per_poll
    )
    return build(organisation, settings, Context(folder, nijmegen()))
