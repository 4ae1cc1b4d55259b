"""The mapping of an export of inspections: that of events, with rechecks and places by BAG id."""

from __future__ import annotations

from typing import Literal

from domain.events import Kind
from ingest.tabular.events import EventMapping
from ingest.tabular.mapping import Column, FieldTable
from ingest.toml_table import TomlTable


class RecheckTable(TomlTable):
    """``[recheck]``: a follow-up that stands in the row of its inspection.

    Attributes:
        date: when it was done.
        result: its outcome. A row without one has a recheck that is still to be done.
    """

    date: FieldTable
    result: FieldTable


class InspectionMapping(EventMapping):
    """A mapping of rows to inspections.

    Attributes:
        bag: column with the BAG id of the object that was inspected, which is looked up and left behind.
        recheck: the follow-up in the same row.
    """

    kind: Literal[Kind.INSPECTION] = Kind.INSPECTION
    bag: Column | None = None
    recheck: RecheckTable | None = None
