"""Smuggling: personal data in every text of a melding, and none of it comes out."""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from domain.errors import Terminal, Transient
from domain.events import Signal
from ingest.protocol import Draft
from ingest.signalen.categories import UNKNOWN, load_categories
from tests.ingest.signalen.reading import START, TOKEN, client, connector
from tests.support import smuggled
from tests.support.http_pages import json_page
from tests.support.signalen import PERSONAL, Melding, Signalen, melding

# What is smuggled, and the traces of it that may come out nowhere: the shared kinds, and more.
SMUGGLED = {item.value: item.traces for item in smuggled.SMUGGLED} | {
    "jongerenoverlast-jan-wiersemans": ("wiersemans",),
    "6599ZX 4711": ("6599zx", "4711"),
    "zaak 2026-889123": ("889123",),
    "WIERSEMANS": ("wiersemans",),
}

Path = tuple[str | int, ...]


def texts(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place of a record that holds a text, or nothing where a text may stand."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield from texts(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))
    elif value is None or isinstance(value, str | int | float):
        yield path


def plain() -> Melding:
    record = melding(7, START)
    times = ("created_at", "updated_at", "incident_date_start")
    return record | {name: START.isoformat() for name in times}


PLACES = list(texts(plain()))


def with_text(path: Path, text: str) -> Melding:
    record: Any = copy.deepcopy(plain())
    at = record
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = text
    whole: Melding = record
    return whole


def everything(record: Melding) -> str:
    """All that a poll lets out: findings and cursor, or the error."""
    server = Signalen(START, TOKEN)
    listed: Any = {"_links": {"next": {"href": None}}, "count": 1, "results": [record]}
    server.respond = lambda asked: json_page(listed)  # type: ignore[method-assign] # answers this only
    try:
        poll = connector(client(server)).poll(None, START)
    except (Transient, Terminal) as error:
        return f"{error} {error.__cause__} {None if error.__suppress_context__ else error.__context__}"
    return repr(poll.findings) + json.dumps(poll.cursor)


def test_there_are_thirty_kinds_and_many_places() -> None:
    assert len(SMUGGLED) >= 30
    assert len(PLACES) > 60
    assert ("status", "text") in PLACES
    assert ("notes", 0, "text") in PLACES


@pytest.mark.parametrize("place", PLACES, ids=lambda path: ".".join(map(str, path)))
def test_nothing_smuggled_into_a_text_comes_out(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for text, traces in SMUGGLED.items():
            out = everything(with_text(place, text))
            smuggled.assert_no_trace(f"{place}: {text}", out, traces=traces)
    assert caplog.records == []


def test_what_stands_in_every_melding_does_not_come_out() -> None:
    out = everything(plain()).lower()
    assert "event_id='7'" in out
    for text in PERSONAL:
        assert text.lower() not in out
    assert "4711" not in out
    assert "51.84" not in out


def test_an_unknown_field_is_never_looked_at() -> None:
    out = everything(plain() | {"nieuw_veld": "Wiersemans", "bsn": "999990342"}).lower()
    assert "wiersemans" not in out
    assert "999990342" not in out


def test_categories_come_from_the_closed_list_only() -> None:
    subs = load_categories({}).subs
    for text in SMUGGLED:
        server = Signalen(START, TOKEN)
        server.add(category={"main_slug": text, "sub_slug": text})
        (finding,) = connector(client(server)).poll(None, START).findings
        assert isinstance(finding, Draft)
        assert isinstance(finding.data, Signal)
        assert finding.data.category == UNKNOWN
        assert text not in subs
