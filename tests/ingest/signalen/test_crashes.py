"""A crash at any moment of a poll, then the same once more: nothing is lost, nothing doubled."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ingest.poll_deaths import MOMENTS, Killed, Moment, before_writing
from tests.ingest.signalen.reading import START, TOKEN, Reader, expected
from tests.support.signalen import Signalen


def _busy() -> Signalen:
    """Nine meldingen; after each page something changes."""
    server = Signalen(START, TOKEN)
    for _ in range(9):
        server.add()
    server.between = [
        lambda: server.change(2, "b"),
        lambda: server.change(9, "a"),
        server.add,
        lambda: server.change(2, "o"),
    ]
    return server


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("polls", range(6))
def test_killed_in_a_poll(
    moment: Moment,
    polls: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = _busy()
    reader = Reader(tmp_path, server)
    for _ in range(polls):
        reader.write(reader.ask())
    if moment is before_writing:
        reader.ask()
    with pytest.raises(Killed):
        moment(reader, monkeypatch)
    reader.restart()
    for _ in range(3):
        reader.round()
    versions, current = reader.versions(), reader.current()
    reader.round()
    assert reader.versions() == versions
    reader.close()
    assert current == expected(server)
    assert len({(v.number, v.rev) for v in versions}) == len(versions)
    assert all(v.rev <= 3 for v in versions)
