"""A reader that dies in the very transaction which writes what a poll found, for every kind of source.

SIGKILL meets that moment by chance only (``test_kills``); here each life but the first commits one poll
and dies in the next one.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

import ingest.outbox.feeds
from tests.ingest.kills.cases import CASES, declared_in
from tests.ingest.kills.delivered import DELIVERED
from tests.ingest.kills.reading import left, read
from tests.ingest.poll_deaths import Killed

pytestmark = [
    pytest.mark.integration,
    # What a reader that died had open.
    pytest.mark.filterwarnings("ignore:unclosed (<socket|file):ResourceWarning"),
]

LIVES = 12


def dies_in_its_writing(folder: Path, polls: int, committed: int) -> bool:
    """Read until so many polls are committed, and die at the end of the next one's transaction."""
    advance, left_to_live = ingest.outbox.feeds.advance, committed

    def die_in_turn(*args: object, **more: object) -> object:
        nonlocal left_to_live
        if left_to_live == 0:
            raise Killed
        left_to_live -= 1
        return advance(*args, **more)  # type: ignore[arg-type]  # passes on what it is given

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest.outbox.feeds, "advance", die_in_turn)
        try:
            read(folder, polls)
        except Killed:
            return True
    return False


@pytest.mark.parametrize("kind", CASES)
def test_what_is_left_is_what_a_reader_in_peace_leaves(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    calm, harried = tmp_path / "calm", tmp_path / "harried"
    with declared_in(calm, kind):
        read(calm, case.polls)
    wanted = left(calm)
    with declared_in(harried, kind):
        deaths = in_hand = 0
        for life in range(LIVES):
            deaths += dies_in_its_writing(harried, case.polls, committed=min(life, 1))
            in_hand += any((harried / "drop" / "work").glob("*"))
        gc.collect()  # what was open is closed here, not in another test
        read(harried, case.polls)
    assert left(harried) == wanted
    assert deaths > 1
    assert (in_hand > 0) == (kind in DELIVERED)
