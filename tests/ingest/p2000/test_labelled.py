"""What pages of the real archive say and which belong together, labelled by hand.

``labels/pages.csv``: a hundred rows, drawn with ``random.Random(20241101).sample(range(1, 643), 100)``,
with service and theme, or the sort of a page that does not count. They were read one by one with the
source's format and the table of natures known, and without the grammar's answer in sight.
``labels/incidents.csv``: of all pairs of pages of one service within an hour that are over .72 alike
or that are folded, those that are about one incident; here the folding's answer was in sight. Rows are
told by number and by a hash of their text, never by the text.
"""

from __future__ import annotations

import csv
import hashlib
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.p2000.archive import ArchiveState, read_row
from ingest.p2000.grammar import Grammar, Message
from ingest.p2000.head import Sort
from ingest.p2000.inputs import Line
from ingest.p2000.records import Page
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import play
from tests.support.shared_data import shared_file

LABELS = Path(__file__).parent / "labels"
ROWS = 642


def labels(name: str) -> list[dict[str, str]]:
    with (LABELS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def texts() -> dict[int, str]:
    """The text of each row of the archive, the first being 1."""
    with shared_file("p2000/nijmegen_subset.csv").open(encoding="utf-8", newline="") as file:
        return {number: row["Titel"] for number, row in enumerate(csv.DictReader(file), start=1)}


@pytest.fixture(scope="module")
def read(grammar: Grammar) -> dict[int, Message]:
    """What the grammar reads in each row, as the archive's reader gives it."""
    state, found = ArchiveState(), {}
    lines = shared_file("p2000/nijmegen_subset.csv").read_bytes().splitlines()
    for number, line in enumerate(lines):
        content, state = read_row(Line(line, number, number + 1), state)
        if isinstance(content, Page):
            message = grammar.read(content.text, content.service)
            assert message is not None
            found[number] = message
    return found


def _meaning(message: Message) -> str:
    return str(message.theme) if message.sort is Sort.INCIDENT else str(message.sort)


@pytest.mark.parametrize("name", ["pages.csv", "incidents.csv"])
def test_labels_belong_to_the_rows_they_name(texts: dict[int, str], name: str) -> None:
    assert len(texts) == ROWS
    for label in labels(name):
        text = texts[int(label["row"])]
        assert hashlib.sha256(text.encode()).hexdigest().startswith(label["hash"]), label["row"]


def test_the_hundred_were_drawn_by_chance() -> None:
    drawn = sorted(random.Random(20241101).sample(range(1, ROWS + 1), 100))
    assert [int(label["row"]) for label in labels("pages.csv")] == drawn


def test_at_least_95_of_100_have_the_right_service_and_theme(read: dict[int, Message]) -> None:
    wrong = {
        label["row"]: (label["service"], label["meaning"])
        for label in labels("pages.csv")
        if (read[int(label["row"])].service, _meaning(read[int(label["row"])]))
        != (label["service"], label["meaning"])
    }
    assert len(wrong) <= 5, wrong


def test_repeats_are_folded_and_nothing_else_is(feed: FeedMaker) -> None:
    """Counted are pages that belong to an earlier one, by the labels and by the folding."""
    played = play(
        lambda: feed(shared_file("p2000/nijmegen_subset.csv")), now=datetime(2026, 11, 23, tzinfo=UTC)
    )
    ids = dict(enumerate((finding.event_id for finding in played.findings), start=1))
    incident = {int(label["row"]): int(label["incident"]) for label in labels("incidents.csv")}
    folded, repeats, right = set(), set(), set()
    for row in range(1, ROWS + 1):
        if any(ids[earlier] == ids[row] for earlier in range(1, row)):
            folded.add(row)
        mates = [mate for mate in incident if mate < row and incident[mate] == incident.get(row)]
        if mates:
            repeats.add(row)
        if any(ids[mate] == ids[row] for mate in mates):
            right.add(row)
    precision, recall = len(right) / len(folded), len(right) / len(repeats)
    assert precision >= 0.97, sorted(folded - right)
    assert recall >= 0.90, sorted(repeats - right)
