"""After a run: cells equal the oracle, and the count comes out."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.clock import AMSTERDAM
from ingest.status import read_status
from tests.simulation.ledger import Receipt
from tests.simulation.oracle import Expected
from tests.simulation.parts import Surroundings
from tests.warehouse.reading import read_cells, read_days, unequal_cells
from tests.warehouse.story import CellKey, CellValue
from warehouse.client import Client
from warehouse.counts import SourceCounts, read_counts, read_lag

_ARRIVED = """
SELECT source, receipt, min(fate) FROM
(
    SELECT source, receipt, 1 AS fate FROM event_log
    UNION ALL SELECT source, receipt, 1 AS fate FROM figure_log
    UNION ALL SELECT source, receipt, 2 AS fate FROM rejected
)
GROUP BY source, receipt
"""


def check(around: Surroundings) -> None:
    """Raise ``AssertionError`` where a run came out otherwise than its script says."""
    client, oracle = around.engine.client, around.oracle
    assert oracle.finished(), "a source was not read to its end"
    _check_receipts(client, oracle.sources)
    expected, found = oracle.cells(), read_cells(client)
    assert found == expected, f"cells differ: {dict(sorted(found.items() ^ expected.items()))}"
    assert read_days(client) == _by_day(expected), "days are not the sums of their hours"
    assert unequal_cells(client) == 0, "cells and current events differ"
    assert read_lag(client).batches == 0, "a batch waits for the recompute"
    counts = read_counts(client)
    status = {source.name: source for source in read_status(around.folder / "outbox.sqlite").sources}
    for name, source in oracle.sources.items():
        ingest, warehouse = status[name], counts.get(name, SourceCounts())
        assert (ingest.received, ingest.duplicate) == (source.received, source.duplicate), name
        assert (warehouse.stored, warehouse.superseded, warehouse.rejected) == (
            source.stored,
            source.superseded,
            source.rejected,
        ), name
        assert ingest.issued - warehouse.arrived == 0 == ingest.pending, f"{name}: in flight"
        assert ingest.received == ingest.duplicate + warehouse.arrived


def _by_day(cells: dict[CellKey, CellValue]) -> dict[CellKey, CellValue]:
    days: dict[CellKey, CellValue] = {}
    for (wijk, theme, hour), sums in cells.items():
        day = datetime.fromisoformat(hour).replace(tzinfo=UTC).astimezone(AMSTERDAM).date().isoformat()
        (a, b, c, d, e), (v, w, x, y, z) = days.get((wijk, theme, day), (0, 0, 0, 0, 0)), sums
        days[wijk, theme, day] = (a + v, b + w, c + x, d + y, e + z)
    return days


def _check_receipts(client: Client, sources: dict[str, Expected]) -> None:
    arrived: dict[Receipt, str] = {
        (str(source), int(receipt)): "stored" if fate == 1 else "rejected"
        for source, receipt, fate in client.query(_ARRIVED)
    }
    expected = {
        (name, receipt): fate
        for name, source in sources.items()
        for receipt, fate in source.receipts.items()
    }
    missing, foreign = expected.keys() - arrived.keys(), arrived.keys() - expected.keys()
    assert not missing, f"lost: {sorted(missing)}"
    assert not foreign, f"never issued: {sorted(foreign)}"
    assert arrived == expected, f"otherwise than expected: {dict(arrived.items() ^ expected.items())}"
