"""Opening a feed: what is recognised, refused, followed and filtered."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from domain.areas import Municipality
from domain.errors import SettingsError, SourceRefused
from domain.events import Incident
from domain.metrics import Counter
from domain.rejects import RejectReason
from ingest.p2000.connector import p2000_feed
from ingest.protocol import Cursor, Draft, Finding, Repeat, Unreadable
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import START, play, saved, write_archive
from tests.ingest.samples import KEYED
from tests.support.waiting import wait_until

LIVE = (START - timedelta(minutes=5)).strftime("%Y-%m-%d %H:%M:%S")


def flex(text: str, codes: str = "001123108", flag: str = "K") -> str:
    return f"FLEX|{LIVE}|1600/2/{flag}/A|00.000|{codes}|ALN|{text}\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "does not exist"),
        ("naam,adres\njan,eikweg 1\n", "neither"),
        ('{"demod_name":"flex_alphanumeric","message":"x"}\n', "leave out --json"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(
    tmp_path: Path, feed: FeedMaker, content: str | None, message: str
) -> None:
    path = tmp_path / "bestand"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=message) as caught:
        feed(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "jan" not in str(caught.value)


def test_a_folder_is_refused(tmp_path: Path, feed: FeedMaker) -> None:
    with pytest.raises(SettingsError, match="readable file"):
        feed(tmp_path)


def test_contradicting_options_are_refused(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    path.write_text(flex("x"), encoding="utf-8")
    with pytest.raises(SettingsError, match="--speed"):
        feed(path, as_live=True, follow=True)
    with pytest.raises(SettingsError, match="--speed"):
        feed(None, as_live=True)
    with pytest.raises(SettingsError, match="above zero"):
        feed(path, speed=0.0)


def test_another_version_s_cursor_is_refused(tmp_path: Path, feed: FeedMaker) -> None:
    path = write_archive(tmp_path / "archief.csv", [])
    for cursor in ({"version": 99}, {"mark": "geheim-adres"}):
        with pytest.raises(SourceRefused, match="another version") as caught:
            feed(path).poll(cursor, START)
        assert "geheim" not in str(caught.value)


def test_nation_wide_lines_are_filtered_and_counted(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    path.write_text(
        flex("P 1 BR woning Eikstraat Rotterdam 170631")
        + flex("P 1 BON-01 BR woning Eikstraat Nijmegen 082131", "002029570 001123108 001123109")
        + f"FLEX|{LIVE}|1600/2/A|00.000|[001530615]|NUM 1234\n"
        + "rommel\n\n"
        + flex("P 1 BON-01 BR woning Eikstraat Nijmegen 082131"),
        encoding="utf-8",
    )
    played = play(lambda: feed(path, follow=False))
    assert [type(f) for f in played.findings] == [Draft, Unreadable, Repeat]
    assert played.filtered == {Counter.FILTERED_OTHER_REGION: 1, Counter.FILTERED_NOT_TEXT: 1}


def test_garbage_leaves_only_a_hash_and_a_length(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    path.write_text(flex("x") + "jan jansen eikweg 1\n" * 2, encoding="utf-8")
    one, two = (f for f in play(lambda: feed(path, follow=False)).findings if isinstance(f, Unreadable))
    assert (one.reason, one.field, one.length) == (RejectReason.UNPARSED, "line", 19)
    assert one.value_hash == two.value_hash
    assert one.event_id != two.event_id
    assert "jansen" not in repr((one, two))
    again = play(lambda: feed(path, follow=False)).findings
    assert [f.event_id for f in again] == [one.event_id, two.event_id]


def test_lines_are_followed_and_archives_are_not(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    path.touch()
    first = feed(path).poll(None, START)
    assert not first.done
    assert first.wait > timedelta(0)
    with path.open("a", encoding="utf-8") as log:
        log.write(flex("P 1 BON-01 BR woning Eikstraat Nijmegen 082131") + "FLEX|half")
    second = feed(path).poll(saved(first.cursor), START)
    assert len(second.findings) == 1
    assert not second.done
    assert second.progress is None
    assert feed(path).poll(saved(second.cursor), START).findings == []
    archive = write_archive(tmp_path / "archief.csv", [])
    assert feed(archive).poll(None, START).done


def test_a_followed_archive_takes_new_rows(tmp_path: Path, feed: FeedMaker) -> None:
    row = ("2025-01-01T12:00:00", "brandweer", "p 1 br woning eikweg nijmegen 082131")
    path = write_archive(tmp_path / "archief.csv", [row])
    first = feed(path, follow=True).poll(None, START)
    with path.open("a", encoding="utf-8") as archive:
        archive.write("brandweer,p 1 br woning beukweg nijmegen 082131,,,,2025-01-02T12:00:00\n")
    second = feed(path, follow=True).poll(saved(first.cursor), START)
    assert (len(first.findings), len(second.findings)) == (1, 1)


def test_a_page_in_parts_is_one_page_across_polls(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    moment = START.strftime("%Y-%m-%d %H:%M:%S")
    head = f"FLEX|{moment}|1600/2/F/A|00.000|001123108|ALN|P 1 BON-01 BR woning Eik\n"
    other = f"FLEX|{moment}|1600/2/K/A|00.000|001123999|ALN|P 2 BR buiten Beukweg Nijmegen 082231\n"
    tail = f"FLEX|{moment}|1600/2/C/A|00.000|001123108|ALN|straat Nijmegen 082131\n"
    path.write_text(other + head + other, encoding="utf-8")
    first = feed(path).poll(None, START)
    assert len(first.findings) == 1
    with path.open("a", encoding="utf-8") as log:
        log.write(tail + other)
    second = feed(path).poll(saved(first.cursor), START + timedelta(seconds=2))
    draft = second.findings[0]
    assert isinstance(draft, Draft)
    assert isinstance(draft.data, Incident)
    assert draft.data.location.street == "eikstraat"
    assert [type(f) for f in second.findings] == [Draft, Repeat, Repeat]
    batched = feed(path, max_batch=1)
    third = batched.poll(saved(first.cursor), START + timedelta(seconds=2))
    fourth = feed(path).poll(saved(third.cursor), START + timedelta(seconds=3))
    assert [*third.findings, *fourth.findings] == list(second.findings)


def test_standard_input_is_read_to_its_end(nijmegen: Municipality) -> None:
    text = flex("P 1 BON-01 BR woning Eikstraat Nijmegen 082131")
    connector = p2000_feed(None, municipality=nijmegen, keyed=KEYED, stdin=io.BytesIO(text.encode()))
    cursors: list[Cursor | None] = [None]
    findings: list[Finding] = []

    def ended() -> bool:
        poll = connector.poll(cursors[-1], START)
        findings.extend(poll.findings)
        cursors.append(saved(poll.cursor))
        return poll.done

    wait_until(ended, timeout=30)
    assert [type(f) for f in findings] == [Draft]


def test_an_archive_through_a_named_pipe(tmp_path: Path, nijmegen: Municipality) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    connector = p2000_feed(path, municipality=nijmegen, keyed=KEYED)
    poll = connector.poll(None, START)
    assert not poll.done
    row = ("2025-01-01T12:00:00", "brandweer", "p 1 br woning eikweg nijmegen 082131")
    write_archive(path, [row])
    wait_until(lambda: connector.poll(saved(poll.cursor), START).done, timeout=30)
    assert len(connector.poll(saved(poll.cursor), START).findings) == 1


def test_a_process_that_waits_for_its_input_can_end() -> None:
    code = """
from datetime import UTC, datetime
from ingest.keys import KeyedHash
from ingest.p2000.connector import p2000_feed
from wijkbeeld.gemeenten import load_municipality
feed = p2000_feed(None, municipality=load_municipality("nijmegen"), keyed=KeyedHash(bytes(32)))
print(len(feed.poll(None, datetime.now(UTC)).findings))
"""
    # The input stays open and silent while the process ends.
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[3],
    )
    with child:
        assert child.wait(timeout=60) == 0
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.read() == b"0\n"
        assert child.stderr.read() == b""
