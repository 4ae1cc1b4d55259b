"""CBS's OData service (version 3) in this process, with the traps of the real one.

Keys are padded and compared as they are; a filter that fits nothing is answered with an empty list.
Years stand among months. There is no ``in``. A page holds so many rows, and a link leads on, with
``http`` as behind a proxy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote

from pydantic import JsonValue

from ingest.registered_crime.tables import TableName
from tests.support.http_pages import Asked, Page, json_page

ROOT = "https://dataderden.example/ODataApi/OData"
OFFENCE_WIDTH, AREA_WIDTH = 6, 10
PERSONAL = ("Gemeente van mevrouw Wiersemans", "a.wiersemans@eikweg.example", "Totaal bij Wiersemans")
"""What stands in every answer and may leave the connector in no form."""

_CONDITION = re.compile(r"\(?(\w+) (eq|ge|le) '([^']*)'\)?")


@dataclass
class ODataService:
    """Tables of registered crime.

    Attributes:
        table: its identifier.
        page: rows in a page.
        rows: count (None: null) by offence, area and period, unpadded, in the order of the table.
        statuses: of periods; those that are not in it have ``Voorlopig``.
    """

    table: TableName = "47022NED"
    page: int = 10_000
    rows: dict[tuple[str, str, str], JsonValue] = field(default_factory=dict)
    statuses: dict[str, str] = field(default_factory=dict)

    def put(self, offence: str, area: str, period: str, count: JsonValue) -> None:
        """Publish or revise a count."""
        self.rows[offence, area, period] = count

    def fill(self, offences: Iterable[str], areas: Iterable[str], periods: Iterable[str]) -> None:
        """Publish counts for all of these, each another."""
        wanted = ((o, a, p) for p in periods for a in list(areas) for o in list(offences))
        for number, (offence, area, period) in enumerate(wanted):
            self.put(offence, area, period, number)

    def respond(self, asked: Asked) -> Page:
        """Return what the service answers."""
        _, _, entity = asked.path.partition(f"/{self.table}/")
        try:
            if entity == "Perioden":
                return self._listed(asked, entity, self._periods())
            if entity == "TypedDataSet":
                return self._listed(asked, entity, [self._row(n, k) for n, k in enumerate(self.rows)])
        except ValueError:
            return Page(b'{"odata.error":{"code":"","message":{"value":"Wiersemans"}}}', status=400)
        return Page(b"", status=404)

    def _periods(self) -> list[dict[str, Any]]:
        keys = sorted({period for _, _, period in self.rows})
        return [
            {
                "Key": key,
                "Title": PERSONAL[2],
                "Description": PERSONAL[1],
                "Status": self.statuses.get(key, "Voorlopig"),
            }
            for key in keys
        ]

    def _row(self, number: int, key: tuple[str, str, str]) -> dict[str, Any]:
        offence, area, period = key
        row: dict[str, Any] = {
            "ID": number,
            "SoortMisdrijf": offence.ljust(OFFENCE_WIDTH),
            "WijkenEnBuurten": area.ljust(AREA_WIDTH),
            "Perioden": period,
            "GeregistreerdeMisdrijven_1": self.rows[key],
        }
        if self.table == "47018NED":
            row |= {"Gemeentenaam_2": PERSONAL[0], "SoortRegio_3": PERSONAL[1]}
        return row

    def _listed(self, asked: Asked, entity: str, items: list[dict[str, Any]]) -> Page:
        conditions = _parsed(asked.query.get("$filter"))
        found = [item for item in items if _passes(item, conditions)]
        skip = int(asked.query.get("$skip", 0))
        names = asked.query.get("$select")
        shown = found[skip : skip + self.page]
        if names is not None:
            shown = [{name: item[name] for name in names.split(",") if name in item} for item in shown]
        answer: dict[str, Any] = {
            "odata.metadata": f"{ROOT}/{self.table}/$metadata#Cbs.OData.WebAPI.{entity}",
            "value": shown,
        }
        if skip + self.page < len(found):
            query = {**asked.query, "$skip": str(skip + self.page)}
            link = "&".join(f"{name}={quote(value)}" for name, value in query.items())
            answer["odata.nextLink"] = f"http://intern.example/OData/{self.table}/{entity}?{link}"
        return json_page(answer)


Condition = tuple[str, str, str]
"""Column, comparison and value."""

Alternatives = tuple[str, str, frozenset[str]]
"""Column, comparison and the values of which one must compare."""


@cache
def _parsed(text: str | None) -> Sequence[Sequence[Alternatives]]:
    """Conditions that must all hold, each as alternatives."""
    if text is None:
        return ()
    return [_alternatives(map(_condition, all_of.split(" or "))) for all_of in text.split(" and ")]


def _alternatives(conditions: Iterable[Condition]) -> Sequence[Alternatives]:
    """Conditions of one column and comparison in one, as a question names hundreds of areas."""
    values: dict[tuple[str, str], set[str]] = {}
    for column, how, value in conditions:
        values.setdefault((column, how), set()).add(value)
    return [(*key, frozenset(each)) for key, each in values.items()]


def _condition(text: str) -> Condition:
    found = _CONDITION.fullmatch(text)
    if found is None:
        raise ValueError("no condition of version 3")
    return found[1], found[2], found[3]


def _passes(item: dict[str, Any], conditions: Sequence[Sequence[Alternatives]]) -> bool:
    return all(
        any(_holds(item[name], how, values) for name, how, values in any_of) for any_of in conditions
    )


def _holds(has: str, how: str, values: frozenset[str]) -> bool:
    if how == "eq":
        return has in values
    return any(has >= value if how == "ge" else has <= value for value in values)
