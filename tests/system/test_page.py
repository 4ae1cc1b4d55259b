"""From a line of a receiver to the page in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.browser import chromium
from tests.support.waiting import wait_until
from tests.system.archives import write_archive
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

LINE = "FLEX|{time}|1600/2/K/A|10.120|002029568 000126999|ALN|{text}\n"


@pytest.fixture
def receiver(tmp_path: Path) -> Path:
    """A file that a receiver writes its lines to."""
    file = tmp_path / "lines.txt"
    file.write_text(_line("P 2 BON-01 BR afval Dorpsstraat Nijmegen 082131"))
    return file


@pytest.fixture
def running(receiver: Path, tmp_path: Path) -> Iterator[RunningWijkbeeld]:
    with RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={receiver}") as running:
        yield running


def _line(text: str) -> str:
    return LINE.format(time=datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"), text=text)


def test_a_received_line_appears_without_a_reload(running: RunningWijkbeeld, receiver: Path) -> None:
    with chromium() as browser:
        page = browser.new_page(locale="nl-NL")
        page.goto(running.page)
        feed = page.locator("#feed")
        feed.get_by_text("Brand").first.wait_for(timeout=30_000)
        page.evaluate("document.body.dataset.sameDocument = 'yes'")

        with receiver.open("a") as lines:
            lines.write(_line("P 1 BON-02 Steekincident Malverte straat Nijmegen 082131"))

        feed.get_by_text("Geweld").first.wait_for(timeout=30_000)
        feed.get_by_text("Malvert").first.wait_for(timeout=5_000)
        assert page.evaluate("document.body.dataset.sameDocument") == "yes"
        assert "Steekincident" not in page.content()


def test_an_archive_plays_as_if_it_happened_today(tmp_path: Path) -> None:
    archive = tmp_path / "archive.csv"
    write_archive(archive, 200)
    options = ("--source", f"p2000={archive}", "--as-live", "--speed", "60")
    with RunningWijkbeeld(tmp_path / "data", *options) as running, chromium() as browser:
        page = browser.new_page(locale="nl-NL")
        page.goto(running.page)
        entries = page.locator("#feed > li")
        entries.nth(0).wait_for(timeout=30_000)
        at_first = entries.count()

        # At this speed the archive brings a message every five seconds or so.
        wait_until(lambda: entries.count() > at_first, 60, "the feed to grow")
        assert running.sql("SELECT min(occurred_at) > now() - 600 FROM event_now FINAL").strip() == "1"

    quoted = ("malverte", "zwanenvelde", "dorpsstraat", "stormschade")
    for log in (tmp_path / "data" / "logs").iterdir():
        assert not [word for word in quoted if word in log.read_text().lower()], log.name
