"""One table of CBS's OData service, version 3 of the protocol: its periods, and its rows.

``https://dataderden.cbs.nl/ODataApi/OData/<table>``; an answer is a list ``value`` with, where there
is more, a link ``odata.nextLink``. Keys are padded with spaces (offences to 6, areas to 10 characters),
and a filter on a key without them finds nothing and says nothing. There is no ``in``, and a range of
periods would catch years among months, so a filter is a chain of ``eq``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from pydantic import JsonValue

from domain.errors import SourceRefused, SourceUnavailable
from ingest.http.decoding import json_of
from ingest.http.protocol import HttpClient
from ingest.registered_crime.offences import TOTAL
from ingest.registered_crime.tables import CountedPeriod, Table
from ingest.statistical_periods import days_of

OFFENCE, AREA, PERIOD, COUNT = (
    "SoortMisdrijf",
    "WijkenEnBuurten",
    "Perioden",
    "GeregistreerdeMisdrijven_1",
)
"""The columns that are asked for. 47018NED also has texts, which are not."""

AREA_WIDTH = 10
MOST_PAGES = 20
AREAS_AT_ONCE = 30
"""Beside the gemeente: a query of some 1,600 characters (common servers take 2,048), 1,829 rows (a page
takes 10,000; of more the service refuses, or gives a link)."""

_DEFINITIVE = "Definitief"  # the others are Voorlopig and NaderVoorlopig


@dataclass(frozen=True, slots=True)
class CountRow:
    """A row: code of the offence and of the area without padding, and the count as the table has it."""

    offence: str
    area: str
    count: JsonValue


class TableService:
    """Asks for one table.

    Args:
        client: of the host.
        url: of the service, without the table.
        table: which one.
        gemeente: its code. It is in every question, because every period has a total for it: an answer
            without that one is not believed.
        areas: the others that are asked for.
    """

    def __init__(
        self, client: HttpClient, url: str, table: Table, gemeente: str, areas: Sequence[str]
    ) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/{table.name}"
        self._table = table
        self._gemeente = gemeente
        self._groups = [
            areas[at : at + AREAS_AT_ONCE] for at in range(0, len(areas), AREAS_AT_ONCE)
        ] or [()]

    def periods(self) -> list[CountedPeriod]:
        """Return the periods that the table has, in order. The last is always provisional: registering
        takes the police weeks.

        Raises:
            Transient: not now.
            Terminal: the service refuses, or answers another format.
        """
        found: dict[str, bool] = {}
        for item in self._values("Perioden", {}):
            key = item.get("Key")
            if not isinstance(key, str):
                raise self._other_format("Perioden")
            if self._table.period.fullmatch(key.strip()):
                found[key.strip()] = item.get("Status") != _DEFINITIVE
        if not found:
            raise self._not_believed("Perioden", "has no period that is read")
        last = max(found)
        return [
            CountedPeriod(key, *days_of(key), provisional=found[key] or key == last)
            for key in sorted(found)
        ]

    def rows(self, period: CountedPeriod) -> list[CountRow]:
        """Return all rows of a period about the gemeente and the areas, each once.

        Raises:
            Transient: not now, or not what was asked for.
            Terminal: the service refuses, or answers another format.
        """
        rows: list[CountRow] = []
        for number, group in enumerate(self._groups):
            answered = self._answer(period, (self._gemeente, *group))
            rows += [row for row in answered if number == 0 or row.area != self._gemeente]
        return rows

    def _answer(self, period: CountedPeriod, areas: Sequence[str]) -> list[CountRow]:
        rows: dict[tuple[str, str], CountRow] = {}
        asked = frozenset(areas)
        params = {"$filter": _filter(period.key, areas), "$select": f"{OFFENCE},{AREA},{PERIOD},{COUNT}"}
        for item in self._values("TypedDataSet", params):
            key, row = self._row(item)
            if key != period.key or row.area not in asked:
                raise self._not_believed("TypedDataSet", "answers something else than was asked for")
            if (row.offence, row.area) in rows:
                raise self._not_believed("TypedDataSet", "gives a row twice")
            rows[row.offence, row.area] = row
        if (TOTAL, self._gemeente) not in rows:
            raise self._not_believed("TypedDataSet", "lacks the total of the gemeente")
        return list(rows.values())

    def _row(self, item: Mapping[str, JsonValue]) -> tuple[str, CountRow]:
        offence, area, period = (item.get(name) for name in (OFFENCE, AREA, PERIOD))
        # A count that is null is unknown; a column that is gone is another format.
        if not (
            isinstance(offence, str)
            and isinstance(area, str)
            and isinstance(period, str)
            and COUNT in item
        ):
            raise self._other_format("TypedDataSet")
        return period.strip(), CountRow(offence.strip(), area.strip(), item[COUNT])

    def _values(self, entity: str, params: Mapping[str, str]) -> list[Mapping[str, JsonValue]]:
        """Return the items of all pages of an answer."""
        values: list[Mapping[str, JsonValue]] = []
        asked: list[Mapping[str, str]] = []
        following: Mapping[str, str] | None = params
        while following is not None:
            if following in asked or len(asked) == MOST_PAGES:
                raise self._not_believed(entity, "does not come to an end of its pages")
            asked.append(following)
            items, following = self._page(entity, following)
            values += items
        return values

    def _page(
        self, entity: str, params: Mapping[str, str]
    ) -> tuple[list[Mapping[str, JsonValue]], Mapping[str, str] | None]:
        headers = {"accept": "application/json"}
        answer = json_of(self._client.get(f"{self._url}/{entity}", params=params, headers=headers))
        items = answer.get("value") if isinstance(answer, dict) else None
        if not isinstance(answer, dict) or not isinstance(items, list):
            raise self._other_format(entity)
        found: list[Mapping[str, JsonValue]] = [item for item in items if isinstance(item, dict)]
        if len(found) < len(items):
            raise self._other_format(entity)
        link = answer.get("odata.nextLink")
        return found, None if link is None else self._following(entity, link)

    def _following(self, entity: str, link: JsonValue) -> Mapping[str, str]:
        """Return the query of a link to the next page.

        The link may begin with another scheme or host, behind a proxy; only its query is used, at the
        address that a person gave.
        """
        try:
            parts = urlsplit(link if isinstance(link, str) else "")
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            raise self._other_format(entity) from None
        if not query or parts.path.rpartition("/")[2] != entity:
            raise self._other_format(entity)
        return query

    def _not_believed(self, entity: str, what: str) -> SourceUnavailable:
        return SourceUnavailable(f"table {self._table.name}: {entity} {what}; tried again later")

    def _other_format(self, entity: str) -> SourceRefused:
        return SourceRefused(
            f"table {self._table.name}: {entity} is not answered as OData version 3 with the columns of"
            " this table; see whether the address is right and the table is still published"
        )


def _filter(period: str, areas: Sequence[str]) -> str:
    chain = " or ".join(f"{AREA} eq '{area.ljust(AREA_WIDTH)}'" for area in areas)
    return f"{PERIOD} eq '{period}' and ({chain})"
