"""The real addresses beside the project, taken apart by hand rules of their own, for comparison."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

from tests.support.shared_data import shared_file
from wijkbeeld.gemeenten import load_municipality

_PARTS = re.compile(r"(Plein 1944|\D+) (\d+\s?\w*)")


@dataclass(frozen=True)
class RealAddress:
    """``wijk`` is its code, or None where the register does not say."""

    text: str
    street: str
    number: str
    pc6: str | None
    wijk: str | None


def real_addresses() -> list[RealAddress]:
    """Return all of them; skip the test where the file is absent."""
    names = {wijk.name: wijk.code for wijk in load_municipality("nijmegen").wijken}
    with shared_file("geo/nijmegen_addresses_sample.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        parts = _PARTS.fullmatch(row["adres"])
        assert parts is not None
        wijk = names[row["buurt"]] if row["buurt"] else None
        found.append(RealAddress(row["adres"], parts[1], parts[2], row["postcode6"] or None, wijk))
    return found
