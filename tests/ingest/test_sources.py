from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import SettingsError
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.keys import KeyedHash
from ingest.sources import build_sources, parse_source
from wijkbeeld.gemeenten import load_municipality


@pytest.fixture
def context() -> SourceContext:
    return SourceContext(
        municipality=load_municipality("nijmegen"),
        keyed=KeyedHash(bytes(32)),
        speed=None,
        as_live=False,
        seed=1,
        first_start=datetime(2026, 11, 23, 12, tzinfo=UTC),
    )


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    file = tmp_path / "lines.txt"
    file.write_text("FLEX|2026-11-23 10:00:00|1600/2/K/A|10.120|001180000|ALN|TESTOPROEP\n")
    return file


def test_what_is_written_is_what_is_built(context: SourceContext, lines: Path) -> None:
    specs = tuple(parse_source(text) for text in ("demo", f"p2000={lines}"))

    demo, p2000 = build_sources(specs, context)

    assert (demo.name, p2000.name) == ("demo", "p2000")
    assert [feed.lane for feed in demo.feeds] == [Lane.LIVE, Lane.BACKFILL]
    assert [feed.lane for feed in p2000.feeds] == [Lane.LIVE]


def test_standard_input_is_a_file_too() -> None:
    assert parse_source("p2000=-").reads_stdin
    assert not parse_source("demo").reads_stdin


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("weather", "no such source"),
        ("", "no such source"),
        ("p2000", "which file"),
        ("p2000=", "which file"),
        ("p2000=/nowhere/lines.txt", "does not exist"),
        ("demo=file.csv", "reads no file"),
    ],
)
def test_a_mistake_is_one_line(text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as error:
        parse_source(text)

    assert "\n" not in str(error.value)


def test_a_source_is_read_once(context: SourceContext) -> None:
    with pytest.raises(SettingsError, match="twice"):
        build_sources((parse_source("demo"), parse_source("demo")), context)
