"""kill -9 at any moment of any connector's poll: what is left is what a reader in peace leaves."""

from __future__ import annotations

import random
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from tests.ingest.kills.cases import CASES, declared_in
from tests.ingest.kills.delivered import DELIVERED
from tests.ingest.kills.killing import killed_again_and_again
from tests.ingest.kills.reading import declare, left, read, versions

pytestmark = [
    pytest.mark.integration,
    # The other end of a connection whose owner was killed.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]

SEED = 20261126
KILLS = 12
CHANGING = ("signalen", "registered-crime", "knmi")
"""Sources that always show all they have, so that it does not matter when one reads."""


def read_in_peace(folder: Path, polls: int) -> dict[bytes, float]:
    """Read until there is no more; return the usual seconds of each step, by its mark."""
    said: list[tuple[bytes, float]] = []
    assert read(folder, polls, lambda mark: said.append((mark, time.monotonic()))), "polls are too few"
    took: dict[bytes, list[float]] = {mark: [] for mark, _ in said}
    for (mark, at), (_, until) in pairwise(said):
        took[mark].append(until - at)
    return {mark: median(seconds) for mark, seconds in took.items()}


@pytest.mark.parametrize("kind", CASES)
def test_what_is_left_is_what_a_reader_in_peace_leaves(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    calm, harried = tmp_path / "calm", tmp_path / "harried"
    with declared_in(calm, kind):
        took = read_in_peace(calm, case.polls)
    wanted = left(calm)
    assert len(wanted["outbox"]) >= case.records
    with declared_in(harried, kind):
        tally = killed_again_and_again(harried, case.polls, took, random.Random(f"{SEED} {kind}"), KILLS)
    assert left(harried) == wanted
    assert tally.kills == KILLS
    assert tally.within >= 1
    assert (tally.in_hand > 0) == (kind in DELIVERED)


@pytest.mark.parametrize("kind", CHANGING)
def test_killed_while_the_source_changes_it_ends_with_the_truth(kind: str, tmp_path: Path) -> None:
    case = CASES[kind]
    calm, harried = tmp_path / "calm", tmp_path / "harried"
    for folder in (calm, harried):
        folder.mkdir()
    with case.give(harried) as given:
        for folder in (calm, harried):
            declare(folder, kind, given.settings)
        assert given.change is not None
        took = read_in_peace(calm, case.polls)
        tally = killed_again_and_again(
            harried, case.polls, took, random.Random(f"{SEED} {kind}"), KILLS, between=given.change
        )
        for folder in (calm, harried):
            read(folder, 2 * case.polls)
    found = versions(harried)
    assert {key: told[-1][1:] for key, told in found.items()} == {
        key: told[-1][1:] for key, told in versions(calm).items()
    }
    for told in found.values():
        assert [rev for rev, _, _ in told] == list(range(1, len(told) + 1))
        assert len(told) <= 1 + KILLS
    assert tally.within >= 1
