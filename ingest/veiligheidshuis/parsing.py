"""The bytes of a delivery to its document: JSON, or CSV with the same names."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import ValidationError

from domain.rejects import RejectReason
from ingest.tabular.rows import FileRefused
from ingest.veiligheidshuis.document import MOST_FIGURES, Document

MAX_BYTES = 4 * 1024 * 1024

_HEAD = ("version", "gemeente", "serial", "issuedAt", "boundaryYear")
_ROW = ("stadsdeel", "period", "measure", "route", "duration", "value", "cases")
CSV_COLUMNS = (*_HEAD, *_ROW)
"""The columns of a delivery in CSV, in any order; the first five say the same in every row."""

_WHOLE = frozenset({"version", "serial", "boundaryYear", "value", "cases"})

# What is wrong with a number, not with what it is about; all else may be a person.
_NO_PERSON = {
    "missing": "is missing",
    "less_than": "is out of range",
    "less_than_equal": "is out of range",
    "greater_than_equal": "is out of range",
    "too_short": "is empty",
    "too_long": "has too many figures",
    "json": "is not JSON",
}


def parse_document(content: bytes, name: str) -> Document:
    """Return the document in the bytes of a delivery.

    Args:
        content: JSON or CSV in UTF-8.
        name: of the delivery; its ending tells which.

    Raises:
        FileRefused: it is anything but a document; with reason ``PRIVACY`` where it holds a field, a
            text or a number that is not of the form, since that may be about a person.
    """
    if len(content) > MAX_BYTES:
        raise FileRefused("file", "is larger than 4 MiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused("file", "is not UTF-8") from None
    raw = _from_csv(text) if Path(name).suffix.lower() == ".csv" else _from_json(text)
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        kind = first["type"]
        path = [str(part) for part in first["loc"]]
        if kind == "extra_forbidden":
            path[-1] = "unknown"  # the name of a field that is not known is the sender's text
    where = ".".join(path) or "document"
    if kind in _NO_PERSON:
        raise FileRefused(where, _NO_PERSON[kind])
    says = "is not of the form; nothing but its codes, terms and numbers is taken"
    raise FileRefused(where, says, RejectReason.PRIVACY)


class _Twice(Exception):  # noqa: N818 - leaves the JSON parser, no further
    """A name occurs twice in an object, so that one of its values would pass unseen."""


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _Twice
    return dict(pairs)


def _from_json(text: str) -> object:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except _Twice:
        raise FileRefused("document", "has a name twice in one object", RejectReason.PRIVACY) from None
    except (ValueError, RecursionError):
        raise FileRefused("document", "is not JSON") from None


def _from_csv(text: str) -> Mapping[str, object]:
    header, _, _ = text.partition("\n")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = reader.fieldnames or ()
        if len(set(names)) != len(names) or not set(names) <= set(CSV_COLUMNS):
            raise FileRefused("header", "has a column that is not of the form", RejectReason.PRIVACY)
        if lacking := sorted(set(CSV_COLUMNS) - set(names)):
            raise FileRefused("header", f"lacks the column {lacking[0]}")
        rows: list[dict[str, object]] = []
        for row in reader:
            if len(rows) == MOST_FIGURES:
                raise FileRefused("figures", "has too many figures")
            if None in row or None in row.values():
                raise FileRefused(f"figures.{len(rows)}", "has more or fewer cells than the header")
            rows.append({name: _value(name, cell) for name, cell in row.items()})
    except csv.Error:
        raise FileRefused("document", "is not CSV") from None
    heads = [{name: row.pop(name) for name in _HEAD} for row in rows]
    if any(head != heads[0] for head in heads):
        raise FileRefused("document", "does not say the same of itself in every row")
    return {**(heads[0] if heads else {}), "figures": rows}


def _value(name: str, cell: str) -> object:
    cell = cell.strip()
    if not cell:
        return None
    return int(cell) if name in _WHOLE and cell.isascii() and cell.isdigit() and len(cell) < 20 else cell
