"""Smuggling: what must never leave the connector, tried in every place of a page."""

from __future__ import annotations

import csv
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from domain.events import Incident
from ingest.p2000.folding import Folder
from ingest.p2000.grammar import Grammar
from ingest.p2000.head import Sort
from ingest.p2000.natures import CATEGORIES
from ingest.protocol import Draft
from tests.ingest.p2000.conftest import FeedMaker
from tests.ingest.p2000.playing import HEADER, Played, play
from tests.ingest.samples import KEYED
from tests.support.smuggled import SMUGGLED
from tests.support.smuggled import TRACES as SMUGGLED_TRACES

MOMENT = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)

SECRETS = [
    "Wiersemans",
    "Achmed Bouzerda",
    "mevr. Wiersemans",
    "J.P. Wiersemans",
    "999990342",
    "BSN 999990342",
    "0612345678",
    "tel. +31612345678",
    "a.wiersemans@eikweg.nl",
    "Eikweg 4711",
    "Eikweg 4711-bis",
    "4711",
    "Cafe Wiersemans",
    "Wiersemans Beheer B.V.",
    "wiersemans/bouzerda",
    "geb. 01-02-1953",
    "'Wiersemans'",
    "&Wiersemans",
    "Wiersemans,",
    "http://wiersemans.nl/4711",
    *(item.value for item in SMUGGLED),
]
"""What may stand in a page; the words below are what must not come out of it."""

TRACES = (
    "wiersemans",
    "achmed",
    "bouzerda",
    "999990342",
    "612345678",
    "4711",
    "@",
    "1953",
    "beheer",
    "cafe",
    *SMUGGLED_TRACES,
)

PAGES = [
    "P 1 BON-05 BR woning Eikstraat Nijmegen 089191 082131",
    "P 2 BON-05 OMS brandmelding Eikstraat Nijmegen 089191",
    "P 1 (Intrekken Alarm Brw) BR woning Eikstraat Nijmegen 089191",
    "aanrijding letsel Eikstraat Nijmegen 765432",
    "A1 Ambu 08123 DIA Nijmegen Eikstraat 6511AB Rit 765432",
    "A1 08123 Rit 765432 Nijmegen Eikstraat",
    "1 Explosie Eikstraat Nijmegen ICnum 765432",
    "graag contact mka Nijmegen",
    "p 1 br woning malverte straat nijmegen 089191",
    "onbekend Nijmegen",
]
RUN_NUMBERS = ("765432",)


def everything(played: Played) -> str:
    """All that leaves the connector: findings and cursors, in the form in which they are kept.

    Not the place in the file: an inode may contain any number by chance.
    """
    cursors = [json.dumps({**p.cursor, "mark": None}) for p in played.polls]
    return (repr(played.findings) + "".join(cursors)).lower()


def assert_clean(text: str) -> None:
    for trace in (*TRACES, *RUN_NUMBERS):
        assert trace not in text, trace


def smuggled() -> list[str]:
    """Every page with every secret between every two of its words."""
    return [
        " ".join([*words[:position], secret, *words[position:]])
        for words in map(str.split, PAGES)
        for secret in SECRETS
        for position in range(len(words) + 1)
    ]


def stamps() -> Iterator[str]:
    """Moments so far apart that no two pages can be about one incident."""
    for number in count():
        yield (MOMENT - timedelta(hours=2 * number)).strftime("%Y-%m-%d %H:%M:%S")


def test_nothing_smuggled_into_a_line_comes_out(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    lines = [
        f"FLEX|{stamp}|1600/2/K/A|00.000|001123108|ALN|{text}\n"
        for stamp, text in zip(stamps(), smuggled(), strict=False)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    played = play(lambda: feed(path, follow=False))
    assert len(played.drafts()) > len(lines) / 2
    assert_clean(everything(played))


def test_nothing_smuggled_into_any_column_of_an_archive_comes_out(
    tmp_path: Path, feed: FeedMaker
) -> None:
    path = tmp_path / "archief.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(HEADER.split(","))
        for stamp, text in zip(stamps(), smuggled(), strict=False):
            rows.writerow(["Wiersemans", text, "cafe Wiersemans 4711", "4711", "4711", stamp])
    played = play(lambda: feed(path))
    assert len(played.drafts()) > len(smuggled()) / 2
    assert_clean(everything(played))


def test_what_a_page_gives_is_this_and_no_more(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    path.write_text(
        "FLEX|2026-03-10 08:00:00|1600/2/K/A|00.000|001123108|ALN|"
        "A1 Ambu 08123 Nijmegen Cafe Wiersemans Eikstraat 4711 6511AB Rit 765432\n",
        encoding="utf-8",
    )
    (draft,) = play(lambda: feed(path, follow=False)).drafts()
    assert draft.data.model_dump(mode="json", exclude_none=True) == {
        "kind": "incident",
        "occurred_at": "2026-03-10T08:00:00Z",
        "category": "ambulance",
        "theme": "medische-hulp",
        "counts": True,
        "location": {"gemeente": "GM0268", "street": "eikstraat", "pc6": "6511AB"},
        "service": "ambulance",
        "priority": "a1",
        "units": 1,
    }


def test_an_event_that_does_not_count_has_no_street(tmp_path: Path, feed: FeedMaker) -> None:
    path = tmp_path / "log"
    texts = (
        "P 2 test BR woning Eikstraat 6511AB Nijmegen 082131",
        "P 2 oefening BR woning Eikstraat Nijmegen 082131",
        "P 1 intrekken alarm brw BR woning Eikstraat Nijmegen",
        "graag contact mka Eikstraat Nijmegen",
        "A2 Ambu 08123 VWS Nijmegen Eikstraat",
    )
    head = "FLEX|2026-03-10 08:00:00|1600/2/K/A|00.000|001123108|ALN|"
    path.write_text("".join(f"{head}{text}\n" for text in texts), encoding="utf-8")
    incidents = play(lambda: feed(path, follow=False)).incidents()
    assert len(incidents) == len(texts)
    for data in incidents:
        assert not data.counts
        assert data.theme is None
        assert (data.location.street, data.location.pc6) == (None, None)


def test_ids_cannot_be_guessed_from_the_page(tmp_path: Path, feed: FeedMaker, grammar: Grammar) -> None:
    message = grammar.read(PAGES[0])
    assert message is not None
    one = Folder(KEYED).fold((), message, MOMENT, MOMENT).finding.event_id
    other = Folder(type(KEYED)(b"another key of thirty-two bytes!")).fold((), message, MOMENT, MOMENT)
    assert one != other.finding.event_id


@given(
    st.lists(
        st.one_of(
            st.text(max_size=15),
            st.sampled_from(
                [*" ".join(PAGES).split(), "nijmegen", "lent", "wijchen", "achter", "plein", "1944"]
            ),
            st.from_regex(r"[0-9]{1,7}[a-z]{0,2}", fullmatch=True),
        ),
        max_size=14,
    )
)
@example(["p", "1", "br", "woning", "straat", "nijmegen"])
@example(["nijmegen"])
@example(["\ud800", "eikstraat", "nijmegen"])
def test_any_text_gives_a_valid_draft_or_none(grammar: Grammar, words: list[str]) -> None:
    message = grammar.read(" ".join(words))
    if message is None:
        return
    finding = Folder(KEYED).fold((), message, MOMENT, MOMENT).finding
    assert isinstance(finding, Draft)
    data = finding.data
    assert isinstance(data, Incident)
    assert data.category in CATEGORIES or data.category in {sort.value for sort in Sort}
    assert Incident.model_validate_json(data.model_dump_json()) == data
    street = data.location.street or ""
    assert not any(c.isdigit() for c in street.removesuffix(" 1944"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400))
def test_any_bytes_are_accounted_for_and_nothing_is_logged(
    tmp_path: Path, feed: FeedMaker, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    path = tmp_path / "log"
    good = b"FLEX|2026-03-10 08:00:00|1600/2/K/A|00.000|001123108|ALN|iets\n"
    path.write_bytes(good + data)
    with caplog.at_level(logging.DEBUG):
        played = play(lambda: feed(path, follow=False))
    lines = [
        line for line in data.split(b"\n") if line.decode("utf-8", "replace").strip("\x00 \t\r\v\f")
    ]
    assert len(played.findings) + played.filtered.total() <= len(lines) + 1
    assert caplog.records == []
