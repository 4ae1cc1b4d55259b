"""What somebody enters while it runs: at the gateway, on the page, with ``wijkbeeld observe``."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import JsonValue
from typer.testing import CliRunner

from ingest.observations.form import SOURCE as TEAM
from tests.support.smuggled import SMUGGLED, smuggled_into
from tests.system.running import RunningWijkbeeld
from tests.system.smuggling.searching import Found, run_file
from wijkbeeld.cli import app

URN = "urn:nld:gemeente-nijmegen:systeem:geluid"
PUSHED = "geluid"
WIJK, THEME = "BU02680101", "geluidsoverlast"


def add_client(running: RunningWijkbeeld) -> str:
    """Return the key of a partner, before Wijkbeeld is started."""
    added = running.command(
        *("clients", "add", "sensoren", "--source", PUSHED, "--urn", URN),
        *("--theme", THEME, "--category", "luid", "--rate", "5000", "--burst", "5000"),
    )
    key = re.search(r"wbk_\S+", added.stdout)
    assert key is not None, added.stderr
    return key[0]


def enter(running: RunningWijkbeeld, key: str, found: Found) -> dict[str, int]:
    """Enter every kind in every field, add the answers; return how much was taken in, by source."""
    taken = _answered(push(running, key), "gateway", found)
    observed = _answered(post_forms(running), "form", found) + observe(running, found)
    return {PUSHED: taken, TEAM: observed}


def _answered(answers: Iterator[httpx.Response], door: str, found: Found) -> int:
    taken = number = 0
    for number, answer in enumerate(answers, 1):
        found.add(f"answer {door} {number}", f"{answer.headers}{answer.text}")
        taken += answer.status_code == 202
    assert 0 < taken < number / 2
    return taken


def push(running: RunningWijkbeeld, key: str) -> Iterator[httpx.Response]:
    """Every kind in every field of an event, in the path, the query and the headers."""
    url = run_file(running)["urls"]["gateway"]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/cloudevents+json"}
    with httpx.Client(base_url=url, headers=headers, timeout=30) as http:
        yield http.post("/v1/events", json=_event())
        for carrier in smuggled_into(_event()):
            yield http.post("/v1/events", json=carrier.record)
        for item in SMUGGLED:
            yield http.get(
                f"/v1/{quote(item.value)}", params={"naam": item.value}, headers=_said(item.value)
            )


def post_forms(running: RunningWijkbeeld) -> Iterator[httpx.Response]:
    """Every kind in every field of the page's form, in one that it does not have, and in the headers."""
    form: dict[str, JsonValue] = {"id": str(uuid.uuid4()), "wijk": WIJK, "theme": THEME, "severity": 3}
    with httpx.Client(base_url=running.page, headers={"Origin": running.page}, timeout=30) as http:
        yield http.post("/api/observations", json=form)
        for carrier in smuggled_into(form):
            yield http.post("/api/observations", json=carrier.record)
        for item in SMUGGLED:
            more = {"opmerking": item.value}
            yield http.post("/api/observations", json=form | more, headers=_said(item.value))
            yield http.get(
                f"/{quote(item.value)}", params={"wijk": item.value}, headers=_said(item.value)
            )


def observe(running: RunningWijkbeeld, found: Found) -> int:
    """Every kind in an option of ``wijkbeeld observe``, in turn; return how many were taken in.

    In this process, since there are many; what it raises is the line that the command would print.
    """
    right = {"--wijk": WIJK, "--theme": THEME, "--severity": "3"}
    wrong = [{option: item.value} for option, item in zip(cycle(right), SMUGGLED, strict=False)]
    for number, changed in enumerate([{}, *wrong]):
        options = [word for pair in (right | changed).items() for word in pair]
        done = CliRunner().invoke(app, ["observe", *options, "--data-dir", str(running.data_dir)])
        assert (done.exit_code != 0) is bool(changed), done.output
        found.add(f"answer observe {number}", f"{done.output}{done.exception}")
    return 1


def _said(value: str) -> dict[str, str]:
    return {
        "User-Agent": value,
        "Referer": f"https://elders.example/?{quote(value)}",
        "X-Request-Id": value,
    }


def _event() -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": "a-1",
        "source": URN,
        "type": "nl.veiligheid.signalen.signaal-ontvangen.v1",
        "data": {
            "kind": "signal",
            "occurredAt": datetime.now(UTC).isoformat(timespec="seconds"),
            "theme": THEME,
            "category": "luid",
            "location": {"wijk": WIJK},
        },
    }
