"""Area codes of another boundary year: what each is under the municipality's own, where that is certain.

Read from what ``wijkbeeld areas crosswalk YEAR OWN_YEAR`` writes: a row per pair of an older and a newer
wijk that overlap, with the parts of their areas that they share.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping

from domain.errors import SettingsError

WHOLE = 0.99
"""From this part of its area on an old wijk lies in one area: borders are drawn anew by 1 %."""


def parse_crosswalk(
    text: str, year: int, own_year: int, stadsdeel_of: Mapping[str, str]
) -> dict[str, str]:
    """Return the area of today by the code of a wijk or stadsdeel of ``year``.

    An old wijk that lies in one wijk whole (unchanged, renamed, merged) is that wijk; one that was split
    or moved within one stadsdeel is that stadsdeel; any other is not in the answer. An old stadsdeel is
    one of today's if all its wijken lie in that one.

    Args:
        text: CSV with the columns ``wijk_YEAR``, ``wijk_OWN``, ``part_of_YEAR``; others are not read.
        year: of the older codes.
        own_year: boundary year of the municipality.
        stadsdeel_of: stadsdeel by wijk, of all wijken of the municipality.

    Raises:
        SettingsError: a column is missing, a part is no number, or a newer wijk is not known.
    """
    parts: dict[str, dict[str, float]] = defaultdict(dict)
    try:
        for row in csv.DictReader(io.StringIO(text), strict=True):
            parts[row[f"wijk_{year}"]][row[f"wijk_{own_year}"]] = float(row[f"part_of_{year}"])
    except KeyError as error:
        raise SettingsError(f"crosswalk of {year}: lacks the column {error}") from None
    except (TypeError, ValueError, csv.Error):
        raise SettingsError(f"crosswalk of {year}: a row is not two codes and their parts") from None
    if unknown := {new for shares in parts.values() for new in shares} - stadsdeel_of.keys():
        raise SettingsError(
            f"crosswalk of {year}: {min(unknown)} is no wijk of this municipality in {own_year}"
        )
    found = {old: _area(shares, stadsdeel_of) for old, shares in parts.items()}
    districts: dict[str, set[str | None]] = defaultdict(set)
    for old, area in found.items():
        districts["WK" + old[2:8]].add(stadsdeel_of.get(area, area) if area else None)
    found |= {old: _only(areas) for old, areas in districts.items()}
    return {old: area for old, area in found.items() if area is not None}


def _area(shares: Mapping[str, float], stadsdeel_of: Mapping[str, str]) -> str | None:
    wijk, part = max(shares.items(), key=lambda share: share[1])
    if part >= WHOLE:
        return wijk
    districts: dict[str, float] = defaultdict(float)
    for new, shared in shares.items():
        districts[stadsdeel_of[new]] += shared
    return next((code for code, shared in districts.items() if shared >= WHOLE), None)


def _only(areas: Iterable[str | None]) -> str | None:
    found = set(areas)
    return found.pop() if len(found) == 1 else None
