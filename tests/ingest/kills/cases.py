"""Every kind of source, to be killed in a poll."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.ingest.kills.case import Case, Given
from tests.ingest.kills.delivered import DELIVERED
from tests.ingest.kills.reading import declare
from tests.ingest.kills.served import SERVED
from tests.ingest.p2000.test_kills import lines


@contextmanager
def p2000(folder: Path) -> Iterator[Given]:
    """A file of a receiver, as it is; test_kills of P2000 has one that grows and is rotated."""
    (folder / "pages.log").write_bytes(b"".join(lines(8_000)))
    yield Given("file = 'pages.log'")


@contextmanager
def demo(_folder: Path) -> Iterator[Given]:
    yield Given("days = 40")


CASES: Mapping[str, Case] = {
    **SERVED,
    **DELIVERED,
    "p2000": Case(10, 1_000, p2000),
    "demo": Case(12, 5_000, demo),
}


@contextmanager
def declared_in(folder: Path, kind: str) -> Iterator[Given]:
    """A source of this kind, declared in a folder that is made for it."""
    folder.mkdir()
    with CASES[kind].give(folder) as given:
        declare(folder, kind, given.settings)
        yield given


EXEMPT: Mapping[str, str] = {}
"""Why a kind is not killed in a poll, by kind. A pipe to standard input is no kind of its own: it is a
``p2000`` whose bytes are gone once they were read, which the guarantee leaves out."""


def without_kills(kinds: Iterable[str]) -> set[str]:
    """Return the kinds that nobody kills in a poll, and gives no reason for."""
    return set(kinds) - CASES.keys() - {kind for kind, reason in EXEMPT.items() if reason}
