"""Rows of an export to inspections and their follow-ups, linked by the keyed hash of their case."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import Inspection
from ingest.inspections.bag_table import BagTable
from ingest.inspections.mapping import InspectionMapping
from ingest.keys import KeyedHash
from ingest.protocol import Draft
from ingest.tabular.events import EventMapper
from ingest.tabular.mapping import FieldTable, FileTable, Mistake
from ingest.tabular.rows import Row, RowRefused
from ingest.tabular.values import folded, text_of, time_of

RESULTS = ("compliant", "minor-breach", "major-breach", "not-performed")
"""What a check can come to."""


class InspectionReader:
    """Makes inspections of rows, by a mapping that was checked.

    Args:
        mapping: what it says.
        keyed: makes identities and hashes of cases.
        source: name of the source.
        bag: wijken by BAG id; None where the gemeente gives no table.

    Raises:
        Mistake: the mapping cannot be used.
    """

    def __init__(
        self, mapping: InspectionMapping, keyed: KeyedHash, source: str, bag: BagTable | None
    ) -> None:
        if mapping.bag is not None and bag is None:
            raise Mistake(("bag",), "needs a table of BAG ids; give bag_table in the settings")
        self._mapping = mapping
        self._mapper = EventMapper(mapping, keyed, source)
        self._bag = bag
        columns = {mapping.bag} if mapping.bag is not None else set()
        recheck = mapping.recheck
        if recheck is not None:
            columns |= {_column(recheck.date, "date"), _column(recheck.result, "result")}
            _check_results(recheck.result)
        self.columns = self._mapper.columns | columns
        """Columns that are read."""

    def drafts(self, row: Row) -> Sequence[Draft]:
        """Return the inspection of a row, and its recheck where that was done.

        Raises:
            RowRefused: a field cannot be read.
        """
        draft = self._mapper.read(row)
        if draft is None:
            return ()
        data = draft.data
        if not isinstance(data, Inspection):
            raise TypeError("the mapping makes no inspections")
        data = self._placed(data, row)
        first = Draft(draft.event_id, data, draft.deleted, draft.revision)
        recheck = self._recheck(data, row)
        if recheck is None:
            return (first,)
        # Numbered by nothing but its place behind the inspection: its date may be corrected later.
        event_id = self._mapper.event_id(row, "recheck")
        return (first, Draft(event_id, recheck, draft.deleted, draft.revision))

    def _placed(self, data: Inspection, row: Row) -> Inspection:
        if self._bag is None or self._mapping.bag is None or data.location.wijk is not None:
            return data
        text = text_of(row.cells.get(self._mapping.bag))
        wijk = self._bag.wijk(text.zfill(16)) if text is not None else None
        if wijk is None:
            return data
        return data.model_copy(update={"location": data.location.model_copy(update={"wijk": wijk})})

    def _recheck(self, data: Inspection, row: Row) -> Inspection | None:
        table = self._mapping.recheck
        if table is None:
            return None
        result = _result(row, table.result)
        if result is None:
            return None
        file: FileTable = self._mapping.file
        try:
            done = time_of(
                row.cells.get(table.date.column or ""), table.date.formats, file.zone, file.dateless
            )
        except (ValueError, OverflowError):
            raise RowRefused("recheck.date", "is not a date of the form expected") from None
        if done is None:
            raise RowRefused("recheck.date", "is empty beside a result")
        if done < data.occurred_at:
            raise RowRefused("recheck.date", "is before the inspection")
        return data.model_copy(update={"occurred_at": done, "result": result, "recheck_on": None})


def _result(row: Row, field: FieldTable) -> str | None:
    text = text_of(row.cells.get(field.column or ""))
    if text is None:
        return None
    found = {folded(term): value for term, value in (field.values or {}).items()}.get(folded(text))
    found = field.otherwise if found is None else found
    if found is None:
        raise RowRefused("recheck.result", "is not in the list of the mapping")
    # An empty term says that there is no result yet.
    return str(found) or None


def _column(field: FieldTable, name: str) -> str:
    if field.column is None:
        raise Mistake(("recheck", name, "constant"), "differs from row to row; give a column")
    return field.column


def _check_results(field: FieldTable) -> None:
    if field.values is None:
        raise Mistake(("recheck", "result"), "needs values: which term becomes which result")
    for term, value in field.values.items():
        if value not in (*RESULTS, ""):
            choice = f"no such result; choose from {', '.join(RESULTS)}, or '' for none yet"
            raise Mistake(("recheck", "result", "values", term), choice)
    if field.otherwise is not None and field.otherwise not in RESULTS:
        raise Mistake(("recheck", "result", "otherwise"), f"choose from {', '.join(RESULTS)}")
