"""A delivery as a whole: signature, form, small numbers, then figures; or nothing of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from domain.areas import Municipality
from domain.events import Figure
from ingest.keys import KeyedHash
from ingest.protocol import Draft
from ingest.tabular.connector import Portion
from ingest.tabular.rows import FileRefused
from ingest.tabular.state import Taken
from ingest.veiligheidshuis.disclosure import check_disclosure
from ingest.veiligheidshuis.document import Document, FigureRow, Measure
from ingest.veiligheidshuis.parsing import MAX_BYTES, parse_document
from ingest.veiligheidshuis.signing import SIGNATURE, PublicKey, check_signature

_AHEAD = timedelta(hours=1)


class SealedReader:
    """Reads signed deliveries.

    Args:
        municipality: whom they are for.
        keys: that may sign.
        keyed: makes identities.
    """

    def __init__(self, municipality: Municipality, keys: Sequence[PublicKey], keyed: KeyedHash) -> None:
        self._municipality = municipality
        self._keys = keys
        self._keyed = keyed

    def read(self, path: Path, _taken: Taken, serial: int, now: datetime, /) -> Portion:
        """See ``DeliveryReader``; a delivery is one portion."""
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise FileRefused("file", "is larger than 4 MiB")
        check_signature(content, path.with_name(path.name + SIGNATURE), self._keys, now)
        document = parse_document(content, path.name)
        self._check(document, serial, now)
        check_disclosure(document)
        drafts = [self._draft(row, document) for row in document.figures]
        return Portion(drafts, (), len(drafts), last=True, serial=document.serial)

    def close(self) -> None:
        """See ``DeliveryReader``; nothing stays open."""

    def _check(self, document: Document, serial: int, now: datetime) -> None:
        if document.gemeente != self._municipality.code:
            raise FileRefused("gemeente", "is another one")
        if document.serial <= serial:
            raise FileRefused("serial", "is not above that of the delivery before")
        if document.issued_at > now + _AHEAD:
            raise FileRefused("issuedAt", "lies in the future")
        for number, row in enumerate(document.figures):
            if row.stadsdeel not in self._municipality.stadsdeel_by_code:
                raise FileRefused(f"figures.{number}.stadsdeel", "is not one of the gemeente")

    def _draft(self, row: FigureRow, document: Document) -> Draft:
        start, end = _days(row.period)
        figure = Figure(
            measure=measure_of(row),
            area=row.stadsdeel,
            period_start=start,
            period_end=end,
            value=row.value,
            status="withheld" if row.value is None else "final",
            unit="eur" if row.measure is Measure.COSTS else "count",
            boundary_year=document.boundary_year,
        )
        # The serial number is the revision: an older delivery never wins, whenever it comes.
        return Draft(self._keyed.id("aggregate", *row.key), figure, revision=document.serial)


def measure_of(row: FigureRow) -> str:
    """Return the name of a measure: ``zvh.cases-closed``, ``zvh.cases-closed.route.zorg``."""
    name = f"zvh.{row.measure}"
    if row.route is not None:
        return f"{name}.route.{row.route}"
    return f"{name}.duration.{row.duration}" if row.duration is not None else name


def _days(period: str) -> tuple[date, date]:
    year = int(period[:4])
    if period.endswith("JJ00"):
        return date(year, 1, 1), date(year + 1, 1, 1)
    quarter = int(period[-1])
    end = date(year + 1, 1, 1) if quarter == 4 else date(year, 3 * quarter + 1, 1)
    return date(year, 3 * quarter - 2, 1), end
