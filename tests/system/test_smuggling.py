"""Personal data at the doors of a running Wijkbeeld, and then a search of all that it keeps and says.

What a connector lets through is tried field by field in its own tests. This looks behind all of them at
once: topics, outbox, logs, metrics, tables, pages, answers, messages and files of rejects.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from ingest.observations.form import SOURCE as TEAM
from ingest.outbox.desk import ask, read_request
from ingest.outbox.feeds import FeedState
from ingest.sources import KINDS
from ingest.status import FeedStatus, read_status
from tests.streams.test_areas_index import geojson, square
from tests.support.smuggled import SMUGGLED, Smuggled
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld
from tests.system.smuggling.deliveries import lay
from tests.system.smuggling.door import Door
from tests.system.smuggling.entries import PUSHED, add_client, enter
from tests.system.smuggling.searching import Found, search
from tests.system.smuggling.services import TOKEN, TOKEN_VARIABLE, Services, serving
from wijkbeeld.gemeenten import load_municipality, municipality_folder

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

NO_BUDGET = '[usual]\nshare = "off"\nrun = "off"\n[reasons.privacy]\nshare = "off"\nrun = "off"\n'
OVER_HTTP = ("meldpunt", "wegen", "misdrijven", "weer", "webfeed")
UNREAD = {"demo"}
"""Kinds that take nothing from anybody."""


@pytest.fixture
def gemeente(tmp_path: Path) -> Path:
    folder = tmp_path / "proefstad"
    shutil.copytree(str(municipality_folder("nijmegen")), folder)
    (folder / "rejects.toml").write_text(NO_BUDGET)
    (folder / "wijken.geojson").write_bytes(squares())
    return folder


def squares() -> bytes:
    """A map on which every wijk is a square."""
    wijken = load_municipality("nijmegen").wijken
    places = ((5.75 + 0.03 * (n % 8), 51.79 + 0.02 * (n // 8)) for n in range(len(wijken)))
    return geojson(*(square(w.code, *at, 0.02) for w, at in zip(wijken, places, strict=True)))


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def doors(gemeente: Path, services: Services) -> Iterator[list[Door]]:
    with serving(services) as server:
        found = [*lay(gemeente), *services.doors(server.url)]
        (gemeente / "sources.toml").write_text("\n".join(door.table for door in found))
        yield found


def wait_until_settled(running: RunningWijkbeeld, wanted: Mapping[str, int]) -> None:
    """Wait until so many records came of each source, it has no more, and all is stored.

    A record may come to several: a row of a delivery to an inspection and its recheck.
    """
    try:
        wait_until(lambda: not _unsettled(running, wanted), 120)
    except AssertionError:
        raise AssertionError(f"not all came in: {_unsettled(running, wanted)} of {wanted}") from None


def _unsettled(running: RunningWijkbeeld, wanted: Mapping[str, int]) -> list[object]:
    held = {source.name: source for source in read_status(running.data_dir / "outbox.sqlite").sources}
    counted = running.status().get("sources", {})
    return [
        held.get(name, name)
        for name, records in wanted.items()
        if name not in held
        or held[name].received + sum(held[name].filtered.values()) < records
        or not all(_at_rest(feed) for feed in held[name].feeds)
        or held[name].pending
        or counted.get(name, {}).get("in_flight") != 0
    ]


def _at_rest(feed: FeedStatus) -> bool:
    """Whether a feed has no more at once, or is one that is pushed and never polled."""
    if feed.polled_at is None or feed.next_poll_at is None:
        return feed.next_poll_at is None
    return feed.state is FeedState.WAITING and feed.next_poll_at > feed.polled_at


def add_failures(running: RunningWijkbeeld, services: Services, found: Found) -> None:
    """Add what is said where sources answer personal data in place of what they should.

    They are asked at once, as ``wijkbeeld sources run`` does one after another.
    """
    file = running.data_dir / "outbox.sqlite"
    for way in services.failures():
        asked = {source: ask(file, source, None, datetime.now(UTC)) for source in OVER_HTTP}
        _wait_for_answers(file, asked.values())
        for source, number in asked.items():
            error = read_request(file, number).error
            assert error, (way, source)
            found.add(f"answer {way} {source}", error)
        found.add(f"command list {way}", running.command("sources", "list").stdout)


def _wait_for_answers(file: Path, numbers: Collection[int]) -> None:
    wait_until(lambda: all(read_request(file, number).ended_at for number in numbers), 60)


def add_rejects_files(gemeente: Path, folders: Sequence[str], found: Found) -> None:
    for folder in folders:
        files = sorted((gemeente / folder).rglob("*.rejects.csv"))
        assert files, folder
        for number, file in enumerate(files):
            found.add(f"rejects {folder} {number}", file.read_bytes())


@pytest.mark.parametrize("item", SMUGGLED, ids=lambda item: item.kind)
def test_the_search_would_find_it(item: Smuggled) -> None:
    for text in (f"x{item.value}x", f"GET /v1/{quote(item.value)}", item.value.upper()):
        found = Found()
        found.add("place", text)
        with pytest.raises(AssertionError, match="place"):
            found.assert_clean()


def test_every_kind_of_source_is_a_door(doors: list[Door]) -> None:
    assert {door.kind for door in doors} | UNREAD == set(KINDS)


def test_nothing_personal_is_anywhere(
    tmp_path: Path, gemeente: Path, services: Services, doors: list[Door]
) -> None:
    env = {"WIJKBEELD_GEMEENTE": str(gemeente), TOKEN_VARIABLE: TOKEN}
    options = ("--areas", str(gemeente / "wijken.geojson"))
    quiet = RunningWijkbeeld(tmp_path / "data", *options, env=env)
    key = add_client(quiet)
    entered = Found()
    with quiet as running:
        wanted = {door.source: door.records for door in doors} | enter(running, key, entered)
        wait_until_settled(running, wanted)
        add_failures(running, services, entered)
        found = search(running)
        stored = running.sql(
            "SELECT DISTINCT source FROM event_log UNION DISTINCT SELECT source FROM figure_log"
        )
    for place, text in entered.texts.items():
        found.add(place, text)
    add_rejects_files(gemeente, ("odrn", "vm", "meldingen", "zvh"), found)
    found.assert_clean(TOKEN)
    # Every door lets through what is in order ...
    assert set(stored.split()) == {door.source for door in doors} | {PUSHED, TEAM}
    # ... and a word that may be there is found at each kind of place.
    assert found.having("meldkamer") >= {"topic", "table", "health", "command", "page", "file"}
    assert found.having("errors") >= {"answer"}
    assert found.having("reason") >= {"rejects"}
