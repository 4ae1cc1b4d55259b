"""A record on which our own code fails is rejected by itself; those around it are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest
from structlog.testing import capture_logs

from domain.areas import Municipality
from domain.rejects import RejectReason
from ingest.p2000 import decoding
from ingest.p2000.archive import read_row
from ingest.p2000.connector import P2000Connector, Playing
from ingest.p2000.files import FileInput
from ingest.p2000.grammar import Grammar, Message
from ingest.p2000.head import Service
from ingest.p2000.lines import read_line
from ingest.protocol import Draft, Unreadable
from tests.ingest.p2000.playing import START, Played, play, write_archive
from tests.ingest.samples import KEYED

P = ParamSpec("P")
R = TypeVar("R")

BAD = "p 1 br geheimstraat nijmegen 082133"
ROWS = [
    ("2025-01-01T12:00:00", "brandweer", "p 1 br woning eikweg nijmegen 082131"),
    ("2025-01-01T12:00:05", "brandweer", BAD),
    ("2025-01-01T12:00:10", "brandweer", "p 1 br woning beukweg nijmegen 082132"),
]


class Fragile(Grammar):
    """A grammar with a bug that one street brings out."""

    def read(self, text: str, service: Service | None = None) -> Message | None:
        if "geheim" in text:
            raise LookupError(text)
        return super().read(text, service)


def connector(path: Path, grammar: Grammar) -> P2000Connector:
    playing = Playing(speed=None, as_live=False, growing=False, max_batch=2)
    lines = FileInput(path, follow=False, keyed=KEYED)
    return P2000Connector(lines, grammar, KEYED, playing, lambda _now: None)


def check(played: Played, logs: list[str], raised: str, length: int) -> None:
    assert [type(f) for f in played.findings] == [Draft, Unreadable, Draft]
    assert len({f.event_id for f in played.findings}) == 3
    (found,) = (f for f in played.findings if isinstance(f, Unreadable))
    assert (found.reason, found.field, found.length) == (RejectReason.UNPARSED, "unexpected", length)
    assert len(found.event_id) == len(found.value_hash) == 24
    assert logs
    assert all(raised in line and "geheim" not in line for line in logs)
    assert "geheim" not in repr(played)


def test_a_page_that_the_grammar_fails_on(tmp_path: Path, nijmegen: Municipality) -> None:
    path = write_archive(tmp_path / "archief.csv", ROWS)
    with capture_logs() as logs:
        played = play(partial(connector, path, Fragile(nijmegen)))
    length = len(path.read_bytes().splitlines()[2])
    check(played, [repr(entry) for entry in logs], "LookupError", length)
    assert len(logs) == 1
    again = play(partial(connector, path, Fragile(nijmegen)))
    assert [f.event_id for f in again.findings] == [f.event_id for f in played.findings]


def _fragile(read: Callable[P, R]) -> Callable[P, R]:
    def fragile(*args: P.args, **kwargs: P.kwargs) -> R:
        if "geheim" in repr(args):
            raise RuntimeError(repr(args))
        return read(*args, **kwargs)

    return fragile


def test_a_row_that_decoding_fails_on(
    tmp_path: Path, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_archive(tmp_path / "archief.csv", ROWS)
    monkeypatch.setattr(decoding, "read_row", _fragile(read_row))
    with capture_logs() as logs:
        played = play(partial(connector, path, grammar))
    length = len(path.read_bytes().splitlines()[2])
    check(played, [repr(entry) for entry in logs], "RuntimeError", length)


def test_a_line_that_decoding_fails_on(
    tmp_path: Path, grammar: Grammar, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = START.strftime("%Y-%m-%d %H:%M:%S")
    path = tmp_path / "log"
    lines = [f"FLEX|{moment}|1600/2/K/A|00.000|001123108|ALN|{text}" for *_, text in ROWS]
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")
    monkeypatch.setattr(decoding, "read_line", _fragile(read_line))
    with capture_logs() as logs:
        played = play(partial(connector, path, grammar))
    check(played, [repr(entry) for entry in logs], "RuntimeError", len(lines[1]))
