"""A feed goes on in the input that it was reading, and starts afresh in another one."""

from __future__ import annotations

import io
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.feed_runner import FeedRunner, Pace
from ingest.outbox.feeds import FeedState, Place
from ingest.outbox.store import Outbox
from ingest.p2000.connector import p2000_feed
from ingest.p2000.source import Settings, build
from ingest.protocol import Feed, Source
from ingest.sources import build_sources, parse_source
from ingest.status import SourceStatus, read_status
from tests.ingest.fakes import TurnedClock
from tests.ingest.p2000.playing import Row, write_archive
from tests.ingest.samples import KEYED, NOON, NothingToPoll, open_outbox, poll
from tests.support.waiting import wait_until
from wijkbeeld.gemeenten import load_municipality

STREETS = ("eikweg", "beukweg", "dennenweg", "iepenweg", "lindeweg", "elzenweg")


@pytest.fixture(scope="module")
def municipality() -> Municipality:
    return load_municipality("nijmegen")


@pytest.fixture
def context(municipality: Municipality) -> SourceContext:
    return SourceContext(municipality, KEYED, None, False, 1, datetime(2026, 11, 23, 12, tzinfo=UTC))


def rows(*numbers: int) -> list[Row]:
    return [
        (f"2025-01-01T{n + 1:02}:00:00", "brandweer", f"p 1 br woning {STREETS[n]} nijmegen 08213{n}")
        for n in numbers
    ]


def flex(*numbers: int) -> str:
    return "".join(
        f"FLEX|{NOON - timedelta(minutes=60 - n):%Y-%m-%d %H:%M:%S}|1600/2/K/A|00.000|001123108|ALN|"
        f"P 1 BON-01 BR woning {STREETS[n]} Nijmegen 08213{n}\n"
        for n in numbers
    )


def p2000(path: Path | str, context: SourceContext) -> Source:
    return build("p2000", Settings(file=str(path)), context)


def piped(text: str, context: SourceContext) -> Source:
    """Standard input as it is built, but with ``text`` in it."""
    built = p2000("-", context)
    connector = p2000_feed(
        None, municipality=context.municipality, keyed=KEYED, stdin=io.BytesIO(text.encode())
    )
    return replace(built, feeds=(replace(built.feeds[0], connector=connector),))


def start(folder: Path, source: Source, *, slices: int | None = None) -> SourceStatus:
    """Start ingest on a data directory and read until the end or what lies there now; then stop."""
    with closing(open_outbox(folder, source)) as outbox:
        runner = FeedRunner(
            source,
            source.feeds[0],
            outbox,
            TurnedClock(),
            threading.Event(),
            threading.Event(),
            Pace(slice=timedelta(0)),
        )

        def over() -> bool:
            return runner.run() != timedelta(0)

        def at_end() -> bool:
            return runner.run() is None

        if slices is not None:
            for _ in range(slices):
                runner.run()
        else:
            wait_until(at_end if source.feeds[0].once else over, timeout=30)
    (status,) = read_status(folder / "outbox.sqlite").sources
    return status


def counts(status: SourceStatus) -> tuple[int, int]:
    return status.issued, status.duplicate


def test_another_archive_is_read_and_the_same_one_is_not(tmp_path: Path, context: SourceContext) -> None:
    a = write_archive(tmp_path / "a.csv", rows(0, 1))
    b = write_archive(tmp_path / "b.csv", rows(1, 2, 3))
    assert counts(start(tmp_path, p2000(a, context))) == (2, 0)
    assert counts(start(tmp_path, p2000(a, context))) == (2, 0)
    done = start(tmp_path, p2000(b, context))
    assert counts(done) == (4, 1)
    assert done.feeds[0].state is FeedState.DONE
    assert counts(start(tmp_path, p2000(b, context))) == (4, 1)


def test_other_content_under_the_same_name_is_read(tmp_path: Path, context: SourceContext) -> None:
    path = write_archive(tmp_path / "a.csv", rows(0, 1))
    start(tmp_path, p2000(path, context))
    write_archive(path, rows(2, 3))
    assert counts(start(tmp_path, p2000(path, context))) == (4, 0)


def test_an_archive_that_grew_at_its_end_is_not_read_again(
    tmp_path: Path, context: SourceContext
) -> None:
    path = write_archive(tmp_path / "a.csv", rows(0))
    before = p2000(path, context).feeds[0].origin
    start(tmp_path, p2000(path, context))
    write_archive(path, rows(0, 1, 2, 3, 4, 5))
    assert p2000(path, context).feeds[0].origin == before
    assert counts(start(tmp_path, p2000(path, context))) == (1, 0)


def test_an_archive_half_read_is_read_on(
    tmp_path: Path, context: SourceContext, municipality: Municipality
) -> None:
    path = write_archive(tmp_path / "a.csv", rows(0, 1, 2, 3))
    built = p2000(path, context)
    small = p2000_feed(path, municipality=municipality, keyed=KEYED, max_batch=2)
    half = replace(built, feeds=(replace(built.feeds[0], connector=small),))
    assert counts(start(tmp_path, half, slices=1)) == (2, 0)
    assert counts(start(tmp_path, p2000(path, context))) == (4, 0)


def test_standard_input_is_read_at_every_start(tmp_path: Path, context: SourceContext) -> None:
    assert counts(start(tmp_path, piped(flex(0, 1), context))) == (2, 0)
    assert counts(start(tmp_path, piped(flex(1, 2), context))) == (3, 1)
    archive = write_archive(tmp_path / "a.csv", rows(3, 4))
    assert counts(start(tmp_path, piped(archive.read_text(), context))) == (5, 1)
    assert counts(start(tmp_path, p2000(archive, context))) == (5, 3)


def test_standard_input_that_was_cut_off_keeps_the_last_hour(
    tmp_path: Path, context: SourceContext
) -> None:
    source = piped(flex(0), context)
    with closing(open_outbox(tmp_path, source)) as outbox:
        connector = source.feeds[0].connector
        found = connector.poll(None, NOON)
        while not found.findings:
            found = connector.poll(found.cursor, NOON)
        outbox.write(source, Lane.LIVE, replace(found, done=False), NOON, None)
    # Another unit is sent to the same fire, paged after the restart.
    later = flex(1).replace(STREETS[1], STREETS[0]).replace("082131", "082130 082199")
    status = start(tmp_path, piped(later, context))
    outbox = open_outbox(tmp_path, source)
    ids = {row[0] for row in outbox._db.execute("SELECT event_id FROM outbox")}
    outbox.close()
    assert counts(status) == (2, 0)
    assert len(ids) == 1


def test_lines_after_a_restart_may_be_an_archive(tmp_path: Path, context: SourceContext) -> None:
    source = piped(flex(0), context)
    with closing(open_outbox(tmp_path, source)) as outbox:
        connector = source.feeds[0].connector
        found = connector.poll(None, NOON)
        while not found.findings:
            found = connector.poll(found.cursor, NOON)
        outbox.write(source, Lane.LIVE, replace(found, done=False), NOON, None)
    archive = write_archive(tmp_path / "a.csv", rows(3, 4))
    assert counts(start(tmp_path, piped(archive.read_text(), context))) == (3, 0)


@pytest.mark.parametrize("linked", [False, True])
def test_a_rotation_between_starts_loses_no_line(
    tmp_path: Path, context: SourceContext, linked: bool
) -> None:
    log, old = tmp_path / "pages.log", tmp_path / "pages.1.log"
    target = old if linked else log
    target.write_text(flex(0, 1))
    if linked:
        log.symlink_to(old)
    assert counts(start(tmp_path, p2000(log, context))) == (2, 0)
    with target.open("a") as file:
        file.write(flex(2))
    if linked:
        log.unlink()
        (tmp_path / "pages.2.log").write_text(flex(3, 4))
        log.symlink_to(tmp_path / "pages.2.log")
    else:
        log.rename(old)
        log.write_text(flex(3, 4))
    assert counts(start(tmp_path, p2000(log, context))) == (5, 0)


def test_an_origin_tells_nothing(tmp_path: Path, context: SourceContext) -> None:
    archive = write_archive(tmp_path / "geheim.csv", rows(0))
    log = tmp_path / "geheim.log"
    log.write_text(flex(0))
    feeds = [p2000(path, context).feeds[0] for path in (archive, log, "-")]
    assert len({feed.origin for feed in feeds}) == 3
    assert {len(feed.origin) for feed in feeds} == {24}
    assert [feed.once for feed in feeds] == [False, False, True]
    assert p2000(archive, replace(context, keyed=KEYED)).feeds[0].origin == feeds[0].origin
    (demo,) = build_sources((parse_source("demo"),), context)
    assert {(feed.origin, feed.once) for feed in demo.feeds} == {("", False)}


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with closing(open_outbox(tmp_path)) as opened:
        yield opened


def registered(outbox: Outbox, origin: str, *, once: bool = False) -> tuple[Source, Place]:
    source = Source("p2000", (Feed(Lane.LIVE, NothingToPoll(), origin, once),))
    outbox.register([source])
    return source, outbox.place("p2000", Lane.LIVE)


@pytest.mark.parametrize(
    ("before", "done", "after", "once", "kept"),
    [
        ("a", True, "a", False, True),
        ("a", False, "a", False, True),
        ("a", True, "b", False, False),
        ("a", False, "b", False, False),
        ("a", True, "a", True, False),
        ("a", False, "a", True, True),
        ("", True, "", False, True),
        ("", True, "a", False, False),
        ("", False, "a", False, True),
    ],
)
def test_what_is_kept_of_a_feed(
    outbox: Outbox, before: str, done: bool, after: str, once: bool, kept: bool
) -> None:
    source, fresh = registered(outbox, before, once=once)
    assert fresh == Place(None, False)
    outbox.write(source, Lane.LIVE, poll(at=7, done=done), NOON, None)
    expected = Place({"at": 7}, done, polled_at=NOON) if kept else Place(None, False)
    for _ in range(2):
        assert registered(outbox, after, once=once)[1] == expected
    (status,) = read_status(outbox.path).sources
    assert status.feeds[0].state is (FeedState.DONE if expected.done else FeedState.WAITING)


def test_a_file_of_the_former_format_is_read_and_taken_over(tmp_path: Path) -> None:
    path = tmp_path / "outbox.sqlite"
    with closing(open_outbox(tmp_path)) as outbox:
        source, _ = registered(outbox, "")
        outbox.write(source, Lane.LIVE, poll(at=7), NOON, None)
    with closing(sqlite3.connect(path)) as db:
        db.execute("ALTER TABLE feed DROP COLUMN origin")
        db.execute("ALTER TABLE source DROP COLUMN judged_after")
        for table in ("reject", "pause", "replay", "request", "beat", "pulse", "heartbeat"):
            db.execute(f"DROP TABLE {table}")
        db.execute("PRAGMA user_version = 1")
    assert read_status(path).sources[0].name == "p2000"
    for origin, at in (("a", 7), ("a", 7), ("b", None)):
        with closing(open_outbox(tmp_path)) as outbox:
            _, place = registered(outbox, origin)
            assert (place.cursor or {"at": None})["at"] == at
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (4,)


def test_a_file_that_is_gone_is_one_line(tmp_path: Path, context: SourceContext) -> None:
    with pytest.raises(SettingsError, match="does not exist") as caught:
        p2000(tmp_path / "weg.csv", context)
    assert "\n" not in str(caught.value)
