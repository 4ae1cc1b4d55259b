"""Nothing personal comes out of NDW's feed."""

from __future__ import annotations

import json
import logging
import re

import pytest

from domain.errors import Terminal, Transient
from tests.ingest.ndw.feeds import poll, sample
from tests.support.smuggled import SMUGGLED, assert_no_trace

_TEXTS = re.compile(r'(?<=>)[^<>\s][^<>]*(?=</)|(?<= id=")[^"]*|(?<= version=")[^"]*')


def _out(body: bytes) -> str:
    try:
        found = poll(body)
    except (Transient, Terminal) as error:
        return f"{error} {error.__cause__} {None if error.__suppress_context__ else error.__context__}"
    return repr(found.findings) + json.dumps(found.cursor)


@pytest.mark.parametrize("name", ["incidents_v3.xml", "incidents_v2.xml"])
def test_nothing_smuggled_into_a_text_comes_out(name: str, caplog: pytest.LogCaptureFixture) -> None:
    # Its first situation has every element that the others have, but one.
    text = re.sub(r'(?s)<sit:situation id="NDW08_L7">.*</sit:situation>', "", sample(name).decode())
    places = [match.span() for match in _TEXTS.finditer(text)]
    assert len(places) > 15
    with caplog.at_level(logging.DEBUG):
        for item in SMUGGLED:
            traces = [trace for trace in item.traces if not (trace.isdigit() and len(trace) == 4)]
            for start, end in places:
                for value in (item.value, f"{text[start:end]} {item.value}"):
                    out = _out(f"{text[:start]}{value}{text[end:]}".encode())
                    assert_no_trace(f"{item.kind} at {start}", out, traces=traces)
    assert caplog.records == []


def test_what_stands_in_the_sample_does_not_come_out() -> None:
    assert_no_trace("sample", _out(sample("incidents_v3.xml")), traces=["wiersemans", "4711", "rws01"])
