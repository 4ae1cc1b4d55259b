"""The push gateway in a whole Wijkbeeld: what was answered with 202 is counted once, whatever dies."""

from __future__ import annotations

import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.browser import chromium
from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

RATE, BURST, BATCH = 20, 100, 20
SENDERS = 12
PAUSE = 0.05
"""Seconds between two batches of a sender: a flood, and yet the parts that died can start again."""
KILLED = ("ingest", "gateway", "ingest", "loader")
URN = "urn:nld:gemeente-nijmegen:systeem:geluid"


def add_client(running: RunningWijkbeeld) -> str:
    done = running.command(
        *("clients", "add", "sensoren", "--source", "geluid", "--urn", URN),
        *("--theme", "geluidsoverlast", "--category", "luid"),
        *("--rate", str(RATE), "--burst", str(BURST)),
    )
    assert done.returncode == 0, done.stderr
    assert "in use from the next start on" in done.stdout
    found = re.search(r"wbk_\S+", done.stdout)
    assert found is not None
    return found[0]


@pytest.fixture
def quiet(tmp_path: Path) -> RunningWijkbeeld:
    """A Wijkbeeld whose only polled source says nothing; not started yet."""
    lines = tmp_path / "lines.txt"
    lines.touch()
    return RunningWijkbeeld(tmp_path / "data", "--source", f"p2000={lines}")


def gateway_of(running: RunningWijkbeeld) -> str:
    url: str = json.loads((running.data_dir / "run.json").read_text())["urls"]["gateway"]
    return url


def batch(name: str) -> list[dict[str, Any]]:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return [
        {
            "specversion": "1.0",
            "id": f"{name}-{n}",
            "source": URN,
            "type": "nl.veiligheid.signalen.signaal-ontvangen.v1",
            "data": {
                "kind": "signal",
                "occurredAt": at,
                "theme": "geluidsoverlast",
                "category": "luid",
                "location": {"wijk": "BU02680101"},
            },
        }
        for n in range(BATCH)
    ]


class Flood:
    """Sends many times what it may; a batch of which nothing was heard is sent until something is."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/cloudevents-batch+json",
        }
        self._ending, self._giving_up = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self.offered = self.taken = self.limited = self.refused = self.unanswered = 0
        self._threads = [threading.Thread(target=self._send, args=(n,)) for n in range(SENDERS)]

    def __enter__(self) -> Flood:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        deadline = time.monotonic() + 120
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        unheard = sum(thread.is_alive() for thread in self._threads)
        self._giving_up.set()
        for thread in self._threads:
            thread.join(60)
        assert unheard == 0, f"{unheard} batches were never answered; {self.said()}"

    def said(self) -> str:
        """Return what came of the batches so far."""
        return (
            f"{self.offered} events offered, {self.taken} taken, {self.limited} batches limited,"
            f" {self.refused} refused, {self.unanswered} unanswered"
        )

    def _send(self, sender: int) -> None:
        with httpx.Client(base_url=self._url, headers=self._headers, timeout=30) as http:
            number = 0
            while not self._ending.wait(PAUSE):
                number += 1
                self._hand_in(http, batch(f"{sender}-{number}"))

    def _hand_in(self, http: httpx.Client, events: list[dict[str, Any]]) -> None:
        may_be_in = False
        while not self._giving_up.is_set():
            try:
                status = http.post("/v1/events", json=events).status_code
            except httpx.TransportError:
                # Taken in or not: only the same batch once more can tell.
                may_be_in, status = True, 0
            with self._lock:
                self.offered += len(events)
                self.taken += len(events) if status == 202 else 0
                self.limited += status == 429
                self.refused += status == 503
                self.unanswered += status == 0
            assert status in (0, 202, 429, 503), status
            if status == 202 or (status == 429 and not may_be_in):
                return
            self._giving_up.wait(PAUSE)


def counts(running: RunningWijkbeeld) -> dict[str, Any]:
    found: dict[str, Any] = running.status().get("sources", {}).get("geluid", {})
    return found


def test_a_flood_and_deaths_lose_and_double_nothing(quiet: RunningWijkbeeld) -> None:
    key = add_client(quiet)
    with quiet as running:
        began = time.monotonic()
        with Flood(gateway_of(running), key) as flood:
            for part in KILLED:
                running.kill_part(part)

            def is_a_flood() -> bool:
                # A bucket starts full, and again with each gateway.
                may = RATE * (time.monotonic() - began) + BURST * 2
                return flood.offered >= 10 * may and flood.limited > 0

            wait_until(is_a_flood, 120, f"ten times the rate to be offered: {flood.said()}")
        assert flood.taken > 0

        def settled() -> bool:
            found = counts(running)
            return bool(found) and found["stored"] == flood.taken and found["in_flight"] == 0

        wait_until(settled, 120, f"{flood.taken} events; counts are {counts(running)}")
        found = counts(running)
        assert found["received"] - found["duplicate"] == flood.taken
        assert found["superseded"] == found["rejected"] == 0
        # The log has a record twice that was published twice.
        for counted in ("uniqExact(receipt) FROM event_log", "count() FROM event_now FINAL"):
            stored = running.sql(f"SELECT {counted} WHERE source = 'geluid'").strip()
            assert int(stored) == flood.taken
        cells = running.sql("SELECT sum(n) FROM cell FINAL WHERE theme = 'geluidsoverlast'").strip()
        assert int(cells) == flood.taken
        assert running.command("audit").returncode == 0


def test_what_is_taken_in_while_ingest_is_away_is_counted(quiet: RunningWijkbeeld) -> None:
    key = add_client(quiet)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents-batch+json"}
    with quiet as running, httpx.Client(base_url=gateway_of(running), headers=headers) as http:
        with running.frozen("ingest"):
            answers = [http.post("/v1/events", json=batch(str(n)), timeout=60) for n in range(3)]
            assert [answer.status_code for answer in answers] == [202] * 3
            os.kill(running.parts()["ingest"]["pid"], signal.SIGKILL)
        wait_until(
            lambda: counts(running).get("stored") == 3 * BATCH, 120, "all of them in the warehouse"
        )


@pytest.fixture
def observing(quiet: RunningWijkbeeld) -> Iterator[RunningWijkbeeld]:
    with quiet as running:
        yield running


OBSERVED = (
    "SELECT wijk, theme, severity FROM event_now FINAL WHERE source = 'wijkteam' ORDER BY severity"
)


def test_observations_by_command_and_on_the_page(observing: RunningWijkbeeld) -> None:
    running = observing
    done = running.command("observe", "--wijk", "bottendaal", "--theme", "vernieling", "--severity", "2")
    assert done.returncode == 0, done.stderr
    with chromium() as browser:
        page = browser.new_page(locale="nl-NL")
        page.goto(running.page)
        page.get_by_role("button", name="Meld wat u zag").click()
        form = page.locator("#observation")
        form.get_by_label("Wijk").select_option(label="Altrade")
        form.get_by_label("Thema").select_option(label="Vernieling")
        form.get_by_label("Ernst").select_option("4")
        form.get_by_role("button", name="Verstuur").click()
        page.get_by_text("Ingevoerd").wait_for(timeout=20_000)
        feed = page.locator("#feed")
        feed.get_by_text("Vernieling").nth(1).wait_for(timeout=30_000)
    rows = [line.split("\t") for line in running.sql(OBSERVED).strip().splitlines()]
    assert [(theme, severity) for _, theme, severity in rows] == [
        ("vernieling", "2"),
        ("vernieling", "4"),
    ]
    assert all(re.fullmatch(r"BU0268\d{4}", wijk) for wijk, _, _ in rows)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--wijk", "Atlantis", "--theme", "drugs", "--severity", "2"), "--wijk: no wijk of Nijmegen"),
        (("--wijk", "Altrade", "--theme", "x", "--severity", "2"), "--theme: choose from brand"),
    ],
)
def test_a_mistake_in_an_observation_is_one_line(
    quiet: RunningWijkbeeld, arguments: tuple[str, ...], said: str
) -> None:
    done = quiet.command("observe", *arguments)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Atlantis" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_nothing_to_observe_with_when_nothing_runs(quiet: RunningWijkbeeld) -> None:
    done = quiet.command("observe", "--wijk", "Altrade", "--theme", "drugs", "--severity", "2")
    assert done.returncode == 1
    assert "nothing runs on" in done.stderr
