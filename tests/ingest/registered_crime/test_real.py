"""Real counts of the police, served as the service serves them."""

from __future__ import annotations

import csv
import json
import lzma
from collections import Counter

from ingest.registered_crime.offences import load_offences
from ingest.registered_crime.service import AREA, COUNT, OFFENCE, PERIOD
from ingest.registered_crime.tables import recent
from tests.ingest.registered_crime.reading import figures, one_round, other_gemeente, over
from tests.support.http_pages import Asked
from tests.support.odata import ODataService
from tests.support.shared_data import shared_file


def test_registered_crime_of_nijmegen_comes_out_as_it_was_published() -> None:
    """Years 2021-2025 per wijk; of 2025 the sum over the wijken is 11,878."""
    path = shared_file("crime/nijmegen_buurt_jaar_totaal.csv")
    with path.open(encoding="utf-8", newline="") as file:
        published = list(csv.DictReader(file))
    service = ODataService("47018NED")
    years: Counter[str] = Counter()
    for row in published:
        service.put("0.0.0", row["buurt_code"], f"{row['year']}JJ00", int(row["misdrijven_totaal"]))
        years[row["year"]] += int(row["misdrijven_totaal"])
    for year, total in years.items():
        service.put("0.0.0", "GM0268", f"{year}JJ00", total)
    found = figures(one_round(over(service, choice=recent(5))))
    by_wijk = {(f.area, str(f.period_start.year)): f.value for f in found if f.area[:2] == "BU"}
    assert by_wijk == {(r["buurt_code"], r["year"]): int(r["misdrijven_totaal"]) for r in published}
    assert len(by_wijk) == 220
    assert sum(v or 0 for (_, year), v in by_wijk.items() if year == "2025") == 11_878
    assert {f.measure for f in found} == {"cbs.47018ned-totaal"}


def test_the_offences_are_those_of_the_table() -> None:
    path = shared_file("crime/soortmisdrijf_47018NED.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row["title"] for row in csv.DictReader(file)}
    assert {code: offence.title for code, offence in load_offences().items()} == rows
    assert len(rows) == 59


def test_the_columns_are_those_of_the_table_and_its_real_row_is_read() -> None:
    structure = json.loads(shared_file("crime/47022NED_structure.json").read_text(encoding="utf-8"))
    keys = [column["Key"] for column in structure["DataProperties"]["value"]]
    assert keys == [OFFENCE, AREA, PERIOD, COUNT]
    assert {"Perioden", "TypedDataSet"} <= set(structure["entity_sets"])
    (row,) = structure["example_rows"]
    service = ODataService()
    service.put(row[OFFENCE].strip(), row[AREA].strip(), row[PERIOD], row[COUNT])
    made = json.loads(service.respond(Asked("/ODataApi/OData/47022NED/TypedDataSet")).body)["value"]
    assert [{**item, "ID": row["ID"]} for item in made] == [row]
    elsewhere = other_gemeente("GM0758")
    (figure,) = figures(one_round(over(service, municipality=elsewhere)))
    assert (figure.measure, figure.area, figure.value) == ("cbs.47022ned-totaal", "GM0758", 1382)


def test_months_of_real_counts_in_more_buurten_than_one_question_takes() -> None:
    """Counts of The Hague per buurt and month: as published, under the codes of this table."""
    path = shared_file("crime/thehague_buurt_month_delicts.csv.xz")
    with lzma.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["year"] == "2016" and int(row["month"]) <= 2]
    offences = [code for code, offence in load_offences().items() if not offence.is_sensitive][1:]
    delicts = sorted({row["delict_code"] for row in rows})
    code_of = dict(zip(delicts, offences, strict=False))
    buurten = sorted({row["buurt_code"] for row in rows})
    codes = {buurt: f"BU0518{number // 100:02}{number % 100:02}" for number, buurt in enumerate(buurten)}
    counts: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        if row["delict_code"] in code_of:
            key = code_of[row["delict_code"]], codes[row["buurt_code"]], f"2016MM{int(row['month']):02}"
            counts[key] += int(row["count"])
    assert len(buurten) > 60
    assert len(counts) > 1000
    service = ODataService()
    for month in ("2016MM01", "2016MM02"):
        total = sum(count for (_, _, period), count in counts.items() if period == month)
        service.put("0.0.0", "GM0518", month, total)
    for (offence, area, month), count in counts.items():
        service.put(offence, area, month, count)
    found = figures(
        one_round(over(service, municipality=other_gemeente("GM0518", list(codes.values()))))
    )
    read = {(f.measure, f.area, f.period_start.month): f.value for f in found if f.area != "GM0518"}
    assert read == {
        (f"cbs.47022ned.{offence.replace('.', '-')}", area, int(month[6:])): count
        for (offence, area, month), count in counts.items()
    }
    # The parts add up to the total, and the total is not among them.
    totals = sum(f.value or 0 for f in found if f.measure == "cbs.47022ned-totaal")
    assert sum(value or 0 for value in read.values()) == totals
