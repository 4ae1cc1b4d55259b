"""What the warehouse says, in the oracle's form."""

from __future__ import annotations

from tests.warehouse.story import CellKey, CellValue
from warehouse.client import Client

_CELLS = """
SELECT wijk, theme, formatDateTime(hour, '%Y-%m-%d %H:%i:%S', 'UTC'),
    n, n_incident, n_signal, n_inspection, severity_sum
FROM cell FINAL
"""

_UNEQUAL = """
SELECT count() FROM
(
    SELECT wijk, theme, toStartOfHour(occurred_at) AS hour, count() AS n,
        sum(cityHash64(source, event_id, version)) AS digest
    FROM event_now FINAL WHERE counts = 1 GROUP BY wijk, theme, hour
) AS truth
FULL JOIN (SELECT wijk, theme, hour, n, digest FROM cell FINAL WHERE n > 0) AS kept
USING (wijk, theme, hour)
WHERE truth.n != kept.n OR truth.digest != kept.digest
"""


def read_cells(client: Client) -> dict[CellKey, CellValue]:
    """Return every cell that is not empty; an empty one must be empty in every column."""
    cells: dict[CellKey, CellValue] = {}
    for wijk, theme, hour, *numbers in client.query(_CELLS):
        value = tuple(int(number) for number in numbers)
        if value[0]:
            cells[(wijk, theme, hour)] = value  # type: ignore[assignment] # five numbers
        else:
            assert not any(value), "an emptied cell keeps a number"
    return cells


def unequal_cells(client: Client) -> int:
    """Return in how many cells ``cell`` and ``event_now`` differ, by number or by sum of hashes."""
    ((number,),) = client.query(_UNEQUAL)
    return int(number)
