"""Which wijk an object of the BAG lies in: a table of the gemeente's own, since the id is an address."""

from __future__ import annotations

import csv
import re
from array import array
from bisect import bisect_left
from pathlib import Path

from domain.areas import Municipality
from domain.errors import SettingsError

_ID = re.compile(r"[0-9]{16}")


class BagTable:
    """Wijken by the BAG id of an object or its address (16 digits).

    Args:
        ids: ascending.
        wijken: the code that belongs to each, as an index into ``codes``.
        codes: codes of wijken.
    """

    def __init__(self, ids: array[int], wijken: array[int], codes: tuple[str, ...]) -> None:
        self._ids = ids
        self._wijken = wijken
        self._codes = codes

    def wijk(self, bag_id: str) -> str | None:
        """Return the code of the wijk; None for an id that is not in the table."""
        if not _ID.fullmatch(bag_id):
            return None
        number = int(bag_id)
        at = bisect_left(self._ids, number)
        if at == len(self._ids) or self._ids[at] != number:
            return None
        return self._codes[self._wijken[at]]


def read_bag_table(path: Path, municipality: Municipality) -> BagTable:
    """Return the table in a CSV file with columns ``bag_id`` and ``wijk``.

    Args:
        path: the file; an id may have lost its leading zero in a spreadsheet.
        municipality: whose wijken there are.

    Raises:
        SettingsError: it cannot be read; the message has the line.
    """
    codes = tuple(municipality.wijk_by_code)
    index = {code: n for n, code in enumerate(codes)}
    rows: dict[int, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if not {"bag_id", "wijk"} <= set(reader.fieldnames or ()):
                raise SettingsError(f"BAG table {path}: needs the columns bag_id and wijk")
            for row in reader:
                bag_id, wijk = (row["bag_id"] or "").strip().zfill(16), (row["wijk"] or "").strip()
                if not _ID.fullmatch(bag_id) or wijk not in index:
                    raise SettingsError(
                        f"BAG table {path} line {reader.line_num}: not an id of 16 digits and a wijk of"
                        f" {municipality.name}"
                    )
                rows[int(bag_id)] = index[wijk]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise SettingsError(f"BAG table {path}: cannot be read; give a CSV file in UTF-8") from None
    ids = array("Q", sorted(rows))
    return BagTable(ids, array("H", (rows[bag_id] for bag_id in ids)), codes)
