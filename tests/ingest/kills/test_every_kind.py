"""No kind of source is forgotten: each is killed in a poll, or it is said why not."""

from __future__ import annotations

from ingest.sources import KINDS
from tests.ingest.kills.cases import CASES, EXEMPT, without_kills


def test_every_kind_is_killed_in_a_poll_or_says_why_not() -> None:
    assert without_kills(KINDS) == set()


def test_a_new_kind_is_missed() -> None:
    assert without_kills([*KINDS, "geluid"]) == {"geluid"}


def test_nothing_is_said_of_kinds_that_are_gone() -> None:
    assert CASES.keys() | EXEMPT.keys() <= KINDS.keys()
    assert not CASES.keys() & EXEMPT.keys()
