"""Rows to events: a mapping of columns to the fields of one of our models."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from domain.events import Incident, Inspection, Kind, Signal
from domain.places import Location
from domain.themes import Theme
from ingest.keys import KeyedHash
from ingest.protocol import Draft
from ingest.tabular.mapping import (
    Column,
    Condition,
    FieldTable,
    FileTable,
    Mistake,
    Scalar,
    TableMapping,
)
from ingest.tabular.rows import Cell, Row, RowRefused
from ingest.tabular.values import date_of, folded, number_of, text_of, time_of, whole_of

Event = Incident | Signal | Inspection


class Form(Enum):
    """What a field holds, and so what a column for it may hold."""

    TERM = auto()
    """One of a closed list: a column needs ``values``."""
    TIME = auto()
    DATE = auto()
    NUMBER = auto()
    WHOLE = auto()
    YEAR = auto()
    AREA = auto()
    """A code of an area, or with ``values`` its name."""
    POSTCODE = auto()
    SECRET = auto()
    """A number of a case, of which a keyed hash leaves the connector."""


_FIRST_YEAR, _LAST_YEAR = 1995, 2100

_PLACE = {
    "wijk": Form.AREA, "stadsdeel": Form.AREA, "gemeente": Form.AREA, "pc6": Form.POSTCODE,
    "lat": Form.NUMBER, "lon": Form.NUMBER, "boundary_year": Form.YEAR,
}  # fmt: skip
_HAPPENING = {
    "occurred_at": Form.TIME, "category": Form.TERM, "theme": Form.TERM, "severity": Form.WHOLE,
    "counts": Form.TERM, **_PLACE,
}  # fmt: skip

FIELDS: Mapping[Kind, Mapping[str, Form]] = {
    Kind.INCIDENT: _HAPPENING | {"service": Form.TERM, "priority": Form.TERM, "units": Form.WHOLE},
    Kind.SIGNAL: _HAPPENING | {"status": Form.TERM},
    Kind.INSPECTION: _HAPPENING
    | {"case": Form.SECRET, "result": Form.TERM, "risk_class": Form.TERM, "recheck_on": Form.DATE},
}
"""The fields that a mapping may fill, per kind of event. This is the allow-list: nothing else is read.
A street is not among them: nothing tells a column of streets from one of names. Figures have mappings of
their own (``ingest.surveys``), with the bounds of each measure."""

_MODELS: Mapping[Kind, type[Event]] = {
    Kind.INCIDENT: Incident,
    Kind.SIGNAL: Signal,
    Kind.INSPECTION: Inspection,
}


class EventMapping(TableMapping):
    """A mapping of rows to events of one kind.

    Attributes:
        kind: of the events.
        id: columns that together tell a row from every other, in every delivery.
        fields: the fields of the model by their name there; those of its place beside them.
        retract: rows that take their event back.
    """

    kind: Literal[Kind.INCIDENT, Kind.SIGNAL, Kind.INSPECTION]
    id: Annotated[list[Column], Field(min_length=1, max_length=8)]
    fields: dict[str, FieldTable]
    retract: tuple[Condition, ...] = ()


Reader = Callable[[Row], Any]
V = TypeVar("V", bound=BaseModel)


class EventMapper:
    """Makes events of rows, by a mapping that was checked.

    Args:
        mapping: what it says.
        keyed: makes identities and hashes of case numbers.
        source: name of the source; identities of different sources differ.

    Raises:
        Mistake: the mapping cannot be used.
    """

    def __init__(self, mapping: EventMapping, keyed: KeyedHash, source: str) -> None:
        self._mapping = mapping
        self._keyed = keyed
        self._source = source
        self._model = _MODELS[mapping.kind]
        self._readers = {
            name: self._reader(name, field, FIELDS[mapping.kind])
            for name, field in mapping.fields.items()
        }
        for name, info in self._model.model_fields.items():
            if info.is_required() and name not in mapping.fields:
                raise Mistake(("fields",), f"a field {name} is missing; add [fields.{name}]")
        named = {f.column for f in mapping.fields.values() if f.column is not None}
        conditions = {condition.column for condition in mapping.retract}
        self.columns = frozenset(mapping.base_columns() | set(mapping.id) | named | conditions)
        """Columns that are read."""

    def read(self, row: Row) -> Draft | None:
        """Return the event of a row; None for one that is left out.

        Raises:
            RowRefused: a field cannot be read.
        """
        if self._mapping.is_left_out(row):
            return None
        data = self.data(row)
        revision = self._mapping.revision
        return Draft(
            event_id=self.event_id(row),
            data=data,
            deleted=any(condition.holds(row) for condition in self._mapping.retract),
            revision=revision.of(row, self._mapping.file) if revision is not None else None,
        )

    def event_id(self, row: Row, *more: str) -> str:
        """Return the identity of the event of a row: a keyed hash of its id columns, and of ``more``."""
        parts = []
        for column in self._mapping.id:
            text = text_of(row.cells.get(column))
            if text is None:
                raise RowRefused("id", "an id column is empty")
            parts.append(folded(text))
        return self._keyed.id("row", self._source, *parts, *more)

    def data(self, row: Row) -> Event:
        """Return what a row says.

        Raises:
            RowRefused: a field cannot be read.
        """
        values = {
            name: value for name, read in self._readers.items() if (value := read(row)) is not None
        }
        values["location"] = {name: values.pop(name) for name in _PLACE if name in values}
        return validated(self._model, values)

    def _reader(self, name: str, field: FieldTable, forms: Mapping[str, Form]) -> Reader:
        if name not in forms:
            raise Mistake(("fields", name), f"no such field; choose from {', '.join(forms)}")
        form = forms[name]
        if form in (Form.TIME, Form.SECRET) and field.column is None:
            raise Mistake(("fields", name, "constant"), "differs from row to row; give a column")
        self._check_terms(name, field)
        if field.constant is not None:
            constant = _typed(field.constant, form, self._mapping.file)
            return lambda _row: constant
        if field.values is None and form is Form.TERM:
            raise Mistake(("fields", name), "a column of terms needs values: which term becomes which")
        read = self._conversion(name, form, field)

        def from_column(row: Row) -> object:
            value = read(row.cells.get(field.column or ""))
            if value is None and not field.optional:
                raise RowRefused(name, "is empty")
            return value

        return from_column

    def _conversion(self, name: str, form: Form, field: FieldTable) -> Callable[[Cell], object]:
        if field.values is not None:
            return _listed(name, field, form, self._mapping.file)
        return _converter(name, form, field, self._mapping.file, self._keyed)

    def _check_terms(self, name: str, field: FieldTable) -> None:
        model: type[BaseModel] = self._model if name in self._model.model_fields else Location
        info = model.model_fields[name]
        adapter: TypeAdapter[object] = TypeAdapter(
            cast(Any, Annotated)[info.annotation, *info.metadata, Field()]
        )
        terms: list[tuple[tuple[str, ...], Scalar]] = [
            (("values", term), value) for term, value in (field.values or {}).items()
        ]
        terms += [
            ((k,), v)
            for k, v in (("constant", field.constant), ("otherwise", field.otherwise))
            if v is not None
        ]
        for path, value in terms:
            at = ("fields", name, *path)
            if name == "theme" and value not in set(Theme):
                raise Mistake(at, f"no such theme; choose from {', '.join(Theme)}")
            try:
                adapter.validate_python(value)
            except ValidationError as error:
                says = error.errors(include_input=False, include_url=False)[0]["msg"]
                raise Mistake(at, says[:1].lower() + says[1:]) from None


def validated(model: type[V], values: Mapping[str, object]) -> V:
    """Return the event of these values.

    Raises:
        RowRefused: one of them is out of range.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        raise RowRefused(str(first["loc"][-1]) if first["loc"] else "row", "is out of range") from None


def _typed(constant: Scalar, form: Form, file: FileTable) -> object:
    if form is Form.DATE and isinstance(constant, str):
        return date_of(constant, (), file.zone)
    return constant


def _listed(name: str, field: FieldTable, form: Form, file: FileTable) -> Callable[[Cell], object]:
    values = {folded(term): _typed(value, form, file) for term, value in (field.values or {}).items()}

    def read(cell: Cell) -> object:
        text = text_of(cell)
        if text is None and "" not in values:
            return None
        found = values.get(folded(text or ""), field.otherwise)
        if found is None:
            raise RowRefused(name, "is not in the list of the mapping")
        return found

    return read


def _converter(
    name: str, form: Form, field: FieldTable, file: FileTable, keyed: KeyedHash
) -> Callable[[Cell], object]:
    formats: Sequence[str] = field.formats
    conversions: Mapping[Form, Callable[[Cell], object]] = {
        Form.TIME: lambda cell: time_of(cell, formats, file.zone, file.dateless),
        Form.DATE: lambda cell: date_of(cell, formats, file.zone),
        Form.NUMBER: lambda cell: number_of(cell, file.decimal),
        Form.WHOLE: whole_of,
        Form.YEAR: _year_of,
        Form.AREA: _code_of,
        Form.POSTCODE: _postcode_of,
        Form.SECRET: lambda cell: _hashed(cell, keyed),
    }
    convert = conversions[form]

    def read(cell: Cell) -> object:
        try:
            return convert(cell)
        except OverflowError:
            raise RowRefused(name, "is out of range") from None
        except ValueError as error:
            raise RowRefused(name, str(error)) from None

    return read


def _year_of(cell: Cell) -> int | None:
    year = whole_of(cell)
    if year is not None and not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError("is not a year of an area layout")
    return year


def _code_of(cell: Cell) -> str | None:
    text = text_of(cell)
    return text.upper() if text is not None else None


def _postcode_of(cell: Cell) -> str | None:
    text = text_of(cell)
    return text.replace(" ", "").upper() if text is not None else None


def _hashed(cell: Cell, keyed: KeyedHash) -> str | None:
    text = text_of(cell)
    return keyed.id("case", folded(text)) if text is not None else None
