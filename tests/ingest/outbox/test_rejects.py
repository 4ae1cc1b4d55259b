"""Rejects are counted once, whoever tells of them and how often, and pause their source alone."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.errors import SettingsError
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.budgets import Budget, Budgets
from ingest.outbox.desk import paused_sources, resume_source
from ingest.outbox.rejects import REMEMBERED, Pause
from ingest.outbox.store import Outbox
from ingest.protocol import Finding, Unreadable
from ingest.status import read_status
from tests.ingest.samples import KEYED, NOON, draft, poll, source
from tests.support.examples import examples

BUDGET = Budget(share=0.4, among=10, run=3)
BUDGETS = Budgets(usual=BUDGET, reasons={})
SOURCES = (source("bad"), source("good"))
UNPARSED, PRIVACY = RejectReason.UNPARSED, RejectReason.PRIVACY


@contextmanager
def outbox_in(folder: Path) -> Iterator[Outbox]:
    box = Outbox(folder / "outbox.sqlite", KEYED, "nijmegen", 0.0, BUDGETS)
    box.register(SOURCES)
    yield box
    box.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with outbox_in(tmp_path) as box:
        yield box


def unreadable(event_id: str, reason: RejectReason = UNPARSED) -> Unreadable:
    return Unreadable(event_id, reason, "text", 9, "")


def receive(box: Outbox, name: str, *findings: Finding) -> Pause | None:
    (found,) = (source for source in SOURCES if source.name == name)
    return box.write(found, Lane.LIVE, poll(*findings), NOON, None).pause


def issue(box: Outbox, name: str, n: int) -> None:
    receive(box, name, *(draft(f"{name}{number}") for number in range(n)))


told = st.lists(st.tuples(st.integers(1, 40), st.sampled_from([UNPARSED, PRIVACY])), max_size=40)


@settings(max_examples=examples(40))
@given(told, st.data())
@pytest.mark.slow
def test_whatever_is_told_in_whatever_order_and_again_the_same_is_judged(
    rejects: list[tuple[int, RejectReason]], data: st.DataObject
) -> None:
    once = dict(reversed(rejects))  # the first to tell of a receipt is right; a reject has one reason
    expected = any(
        BUDGET.breach(sorted(receipt for receipt, why in once.items() if why is reason)) is not None
        for reason in (UNPARSED, PRIVACY)
    )
    cut = data.draw(st.integers(0, len(rejects)))
    with tempfile.TemporaryDirectory() as folder:
        with outbox_in(Path(folder)) as box:
            issue(box, "bad", 40)
            issue(box, "good", 40)
            begun = [box.note_rejects("bad", rejects[:cut], NOON)]
        with outbox_in(Path(folder)) as box:  # a restart hears everything from the beginning
            begun += [box.note_rejects("bad", [reject], NOON) for reject in rejects]
            again = box.note_rejects("bad", rejects, NOON)
            states = {name: box.place(name, Lane.LIVE).paused for name in ("bad", "good")}
    assert states == {"bad": expected, "good": False}
    assert sum(pause is not None for pause in begun) == expected
    assert again is None


def test_what_ingest_rejects_itself_counts_at_once_and_not_again_when_it_is_heard(
    outbox: Outbox,
) -> None:
    assert receive(outbox, "bad", unreadable("a"), unreadable("b")) is None
    assert outbox.note_rejects("bad", [(1, UNPARSED), (2, UNPARSED)], NOON) is None
    pause = receive(outbox, "bad", unreadable("c"))
    assert pause == Pause("unparsed", 3, 3, NOON)
    assert str(pause) == "3 records in a row rejected as unparsed"


def test_reasons_do_not_add_up_and_what_is_accepted_between_them_breaks_a_run(outbox: Outbox) -> None:
    for n in range(20):
        rejects = unreadable(f"u{n}"), unreadable(f"p{n}", PRIVACY)
        assert receive(outbox, "bad", *rejects, draft(f"d{n}"), draft(f"e{n}")) is None
    assert receive(outbox, "bad", *(unreadable(f"x{n}") for n in range(3))) is not None


def test_a_pause_lasts_over_a_restart_until_somebody_ends_it(tmp_path: Path) -> None:
    with outbox_in(tmp_path) as box:
        receive(box, "bad", *(unreadable(str(n)) for n in range(5)))
        assert box.place("bad", Lane.LIVE).paused
        assert receive(box, "bad", unreadable("more")) is None  # it is paused already
        # What was polled before the pause is not dropped.
        assert read_status(box.path).sources[0].issued == 6
    with outbox_in(tmp_path) as box:
        assert box.place("bad", Lane.BACKFILL).paused
        assert not box.place("good", Lane.LIVE).paused
        assert paused_sources(box.path)["bad"].n == 3
        assert resume_source(box.path, "bad")
        assert not resume_source(box.path, "bad")
        assert not box.place("bad", Lane.LIVE).paused


def test_resuming_forgives_what_was_received_and_nothing_that_comes(outbox: Outbox) -> None:
    issue(outbox, "bad", 10)
    assert outbox.note_rejects("bad", [(n, UNPARSED) for n in (1, 2, 3)], NOON) is not None
    resume_source(outbox.path, "bad")
    # On their way when it was resumed.
    assert outbox.note_rejects("bad", [(n, UNPARSED) for n in range(1, 11)], NOON) is None
    assert receive(outbox, "bad", unreadable("a"), unreadable("b")) is None
    assert receive(outbox, "bad", unreadable("c")) is not None


def test_a_source_that_nobody_registered_is_passed_over(outbox: Outbox) -> None:
    assert outbox.note_rejects("stranger", [(n, UNPARSED) for n in range(9)], NOON) is None
    assert paused_sources(outbox.path) == {}


def test_a_receipt_that_was_never_given_counts_for_nothing(outbox: Outbox) -> None:
    issue(outbox, "bad", 2)
    assert outbox.note_rejects("bad", [(n, UNPARSED) for n in range(1, 9)], NOON) is None
    assert receive(outbox, "bad", unreadable("a")) is not None


def test_what_is_long_past_is_forgotten_and_not_learned_again(outbox: Outbox) -> None:
    issue(outbox, "bad", 3)
    outbox.note_rejects("bad", [(1, UNPARSED)], NOON)
    outbox._db.execute("UPDATE source SET last_receipt = ? WHERE name = 'bad'", (REMEMBERED + 2,))
    outbox.forget_rejects(NOON)
    assert outbox._db.execute("SELECT count(*) FROM reject").fetchone() == (0,)
    assert outbox.note_rejects("bad", [(1, UNPARSED), (2, UNPARSED), (3, UNPARSED)], NOON) is None
    assert outbox._db.execute("SELECT receipt FROM reject").fetchall() == [(3,)]


def test_a_pause_is_the_state_of_the_feeds_that_go_on(outbox: Outbox) -> None:
    receive(outbox, "good", draft("a"))
    found = next(source for source in SOURCES if source.name == "bad")
    outbox.write(found, Lane.BACKFILL, poll(done=True), NOON, None)
    receive(outbox, "bad", *(unreadable(str(n)) for n in range(3)))
    bad, good = read_status(outbox.path).sources
    assert [(str(feed.state), feed.error) for feed in bad.feeds] == [
        ("paused", "3 records in a row rejected as unparsed"),
        ("done", None),
    ]
    assert bad.pause == Pause("unparsed", 3, 3, NOON)
    assert good.pause is None
    assert str(good.feeds[0].state) == "waiting"


def test_who_resumes_what_is_not_there_is_told(outbox: Outbox, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not known here; choose from bad, good"):
        resume_source(outbox.path, "worse")
    with pytest.raises(SettingsError, match="is not there"):
        resume_source(tmp_path / "elsewhere.sqlite", "bad")
    assert not (tmp_path / "elsewhere.sqlite").exists()


def test_the_time_of_a_pause_is_kept(outbox: Outbox) -> None:
    issue(outbox, "bad", 3)
    later = NOON + timedelta(hours=1)
    outbox.note_rejects("bad", [(n, UNPARSED) for n in (1, 2, 3)], later)
    assert paused_sources(outbox.path)["bad"].at == later
