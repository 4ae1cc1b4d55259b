"""The settings of a Signalen source, the source made of them, and the shapes of the stand-in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import orjson
import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]  # it has no types
from pydantic import ValidationError

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.protocol import Draft
from ingest.signalen.source import Settings, build
from tests.ingest.handing import TOKEN_REF, context_with
from tests.ingest.samples import KEYED
from tests.ingest.signalen.reading import START, TOKEN, client, nijmegen
from tests.support.http_pages import Asked
from tests.support.shared_data import shared_file
from tests.support.signalen import PATH, ROOT, Signalen

CONTEXT = SourceContext(nijmegen(), KEYED, None, False, 1, START)


def test_live_and_history_meet_without_a_gap() -> None:
    server = Signalen(START - timedelta(hours=3), TOKEN)
    numbers = [server.add() for _ in range(4)]
    server.now = START + timedelta(minutes=1)
    numbers += [server.add() for _ in range(4)]
    source = build(
        "meldingen",
        Settings(url=f"{ROOT}/", token=TOKEN_REF),
        context_with(CONTEXT, client(server), TOKEN),
    )
    assert (source.name, [feed.lane for feed in source.feeds]) == (
        "meldingen",
        [Lane.LIVE, Lane.BACKFILL],
    )
    live, history = (feed.connector.poll(None, START).findings for feed in source.feeds)
    found = [f.event_id for f in (*history, *live) if isinstance(f, Draft)]
    assert found == [str(n) for n in numbers]


def test_history_can_be_left_out() -> None:
    settings = Settings(url=ROOT, token=TOKEN_REF, history_days=0)
    source = build("meldingen", settings, context_with(CONTEXT, client(Signalen(START, TOKEN)), TOKEN))
    assert [feed.lane for feed in source.feeds] == [Lane.LIVE]


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": "http://meldingen.example", "token": {"env": "T"}},
        {"url": "https://user:geheim@meldingen.example", "token": {"env": "T"}},
        {"url": ROOT},
        {"url": ROOT, "token": "geheim"},
        {"url": ROOT, "token": {"env": "T"}, "interval_seconds": 1},
        {"url": ROOT, "token": {"env": "T"}, "categories": {"messen": "geheim"}},
        {"url": ROOT, "token": {"env": "T"}, "categories": {"Een zin": "geweld"}},
    ],
)
def test_wrong_settings_are_refused_without_their_values(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as error:
        Settings.model_validate(settings)
    assert "geheim" not in str(error.value)


def _answer() -> Any:
    server = Signalen(START, TOKEN)
    for _ in range(3):
        server.add()
    return orjson.loads(
        server.respond(Asked(PATH, {"page_size": "2"}, {"authorization": f"Bearer {TOKEN}"})).body
    )


@pytest.mark.parametrize(
    ("schema", "of_the_list"),
    [
        ("api__tests__json_schema__get_signals_v1_private_signals.json", True),
        ("api__tests__json_schema__get_signals_v1_private_signals_{pk}.json", False),
    ],
)
def test_the_stand_in_has_the_shapes_of_the_real_one(schema: str, of_the_list: bool) -> None:
    rules = json.loads(shared_file(f"signalen/{schema}").read_text(encoding="utf-8"))
    answer = _answer()
    Draft4Validator(rules).validate(answer if of_the_list else answer["results"][0])


def test_the_stand_in_swaps_the_dates_of_incidents_as_the_real_one_does() -> None:
    server = Signalen(START, TOKEN)
    server.add()
    headers = {"authorization": f"Bearer {TOKEN}"}

    def count(name: str, day: str) -> int:
        return int(orjson.loads(server.respond(Asked(PATH, {name: day}, headers)).body)["count"])

    assert count("incident_date_before", "2026-02-01") == 1
    assert count("incident_date_before", "2026-04-01") == 0
    assert count("incident_date_after", "2026-04-01") == 1
    assert count("incident_date_after", "2026-02-01") == 0


def test_the_stand_in_wants_its_token() -> None:
    assert Signalen(START, TOKEN).respond(Asked(PATH, {}, {})).status == 401
