"""Smuggling: personal data in every text of an answer, and none of it comes out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import JsonValue

from domain.errors import Terminal, Transient
from domain.privacy import find_personal
from domain.topics import Lane
from ingest.outbox.store import Outbox
from ingest.protocol import Draft, Finding
from ingest.registered_crime.drafts import measure_of
from ingest.registered_crime.offences import load_offences
from ingest.registered_crime.tables import TABLES
from tests.ingest.registered_crime.reading import (
    GEMEENTE,
    SOURCE,
    START,
    areas,
    connector,
    one_round,
    other_gemeente,
    over,
)
from tests.ingest.samples import KEYED
from tests.support.http_memory import MemoryClient
from tests.support.http_pages import Asked, Page, json_page
from tests.support.odata import PERSONAL, ODataService
from tests.support.smuggled import (
    SMUGGLED,
    Carrier,
    assert_no_trace,
    smuggled_into,
)

ENTITIES = ("Perioden", "TypedDataSet")


@cache
def answers() -> Mapping[str, JsonValue]:
    """An answer of each kind, of the table with the most texts, as if it gave all its columns."""
    service = ODataService("47018NED")
    service.fill(["0.0.0", "1.1.1"], [GEMEENTE], ["2024JJ00"])
    root = "/ODataApi/OData/47018NED/"
    found = {name: orjson.loads(service.respond(Asked(root + name)).body) for name in ENTITIES}
    found["TypedDataSet"]["odata.nextLink"] = f"https://x.example{root}TypedDataSet?$skip=2"
    return found


def carriers(entity: str) -> list[Carrier]:
    return list(smuggled_into(answers()[entity]))


def out_of(entity: str, record: JsonValue, folder: Path | None = None) -> str:
    """All that a poll lets out: findings, cursor and rejects, or the error."""
    given = dict(answers()) | {entity: record}

    def respond(asked: Asked) -> Page:
        answer: Any = given[asked.path.rpartition("/")[2]]
        if asked.query.keys() - {"$filter", "$select"}:  # the page behind a link
            answer = {"value": []}
        return json_page(answer)

    alone = other_gemeente(GEMEENTE)
    reading = connector(MemoryClient(respond), table="47018NED", municipality=alone)
    try:
        poll = reading.poll(None, START)
    except (Transient, Terminal) as error:
        return f"{error} {error.__cause__} {None if error.__suppress_context__ else error.__context__}"
    if folder is not None:
        outbox = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen", patience=5.0)
        outbox.register([SOURCE])
        outbox.write(SOURCE, Lane.LIVE, poll, START, None)
        outbox.close()
    return repr(poll.findings) + json.dumps(poll.cursor)


def test_the_plain_answers_give_figures() -> None:
    out = out_of("Perioden", answers()["Perioden"])
    assert out.count("Draft(") == 2
    for text in PERSONAL:
        assert text not in out


@pytest.mark.parametrize("entity", ENTITIES)
def test_nothing_smuggled_into_a_text_comes_out(
    entity: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    tried = carriers(entity)
    assert {carrier.item for carrier in tried} == set(SMUGGLED)
    assert len({carrier.path for carrier in tried}) >= 5
    with caplog.at_level(logging.DEBUG):
        for carrier in tried:
            assert_no_trace(f"{carrier.path}", out_of(entity, carrier.record))
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("column", ["SoortMisdrijf", "GeregistreerdeMisdrijven_1"])
def test_nothing_of_a_reject_is_in_the_files_of_the_outbox(column: str, tmp_path: Path) -> None:
    rows = answers()["TypedDataSet"]
    assert isinstance(rows, dict)
    for number, item in enumerate(SMUGGLED):
        record = orjson.loads(orjson.dumps(rows))
        record["value"][1][column] = item.value
        folder = tmp_path / str(number)
        folder.mkdir()
        assert "Unreadable(" in out_of("TypedDataSet", record, folder)
        # Four digits turn up by chance in the bytes of a database.
        traces = [t for t in item.traces if not (t.isdigit() and len(t) == 4)]
        files = [path for path in folder.iterdir() if path.is_file()]
        assert_no_trace(column, *(path.read_bytes() for path in files), traces=traces)


def test_texts_are_not_even_asked_for() -> None:
    service = ODataService("47018NED")
    service.fill(["0.0.0"], [GEMEENTE, *areas()], ["2024JJ00"])
    client = MemoryClient(service.respond)
    one_round(connector(client, table="47018NED"))
    asked = [a.query["$select"] for a in client.asked if a.path.endswith("TypedDataSet")]
    assert set(asked) == {"SoortMisdrijf,WijkenEnBuurten,Perioden,GeregistreerdeMisdrijven_1"}


def test_the_second_net_lets_every_figure_of_ours_through() -> None:
    for table in TABLES:
        for offence in load_offences().values():
            assert find_personal(measure_of(table, offence)) is None
    for area in (GEMEENTE, *areas()):
        assert find_personal(area) is None


def test_an_identity_tells_nothing_and_is_the_same_every_time() -> None:
    service = ODataService()
    service.fill(["0.0.0", "1.1.1"], [GEMEENTE, *areas()], ["2025MM12", "2026MM01"])

    def ids(findings: list[Finding]) -> list[str]:
        return [finding.event_id for finding in findings if isinstance(finding, Draft)]

    first, second = ids(one_round(over(service))), ids(one_round(over(service)))
    assert first == second
    assert len(set(first)) == len(first) == 2 * 2 * 54
