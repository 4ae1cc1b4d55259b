"""sources.toml: what it may say, and that a mistake is pointed at by its line and never by its value."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from domain.errors import SettingsError
from ingest.declarations import parse_declarations
from ingest.demo.source import Settings as DemoSettings
from ingest.geocoding.settings import GeocoderSettings
from ingest.kind import Kind, SourceSpec
from ingest.schedule import Schedule
from ingest.secret import SecretReader, SecretRef
from ingest.sources import KINDS
from ingest.toml_table import TomlTable


class Settings(TomlTable):
    url: str
    token: SecretRef
    pages: int = 3


def never(*_: Any) -> Any:
    raise AssertionError("nothing is built from a declaration")


KINDS_HERE = {**KINDS, "web": Kind(Settings, never)}

WEB = """\
# A comment.

[sources.meldingen]
kind = "web"
[sources.meldingen.schedule]
every = "5m"
between = "06:30-22:00"
[sources.meldingen.settings]
url = "https://example.org"
token = { env = "MELDINGEN_TOKEN" }
[sources.meldingen.rhythm]
silent_after = "6h"
"""


def parsed(text: str) -> tuple[SourceSpec, ...]:
    return parse_declarations(text, KINDS_HERE, Path("folder")).sources


def mistake(text: str) -> str:
    with pytest.raises(SettingsError) as error:
        parsed(text)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_source_is_what_its_table_says() -> None:
    (spec,) = parsed(WEB)
    assert (spec.name, spec.kind, spec.folder) == ("meldingen", "web", Path("folder"))
    assert spec.settings == Settings(url="https://example.org", token=SecretRef(env="MELDINGEN_TOKEN"))
    assert spec.schedule == Schedule.model_validate({"every": "5m", "between": "06:30-22:00"})
    assert spec.rhythm.silent_after == timedelta(hours=6)


def test_a_kind_has_a_rhythm_of_its_own_where_none_is_declared() -> None:
    short = '[sources.speelstad]\nkind = "demo"\nsettings = { days = 3 }\nrhythm = { lateness = "2d" }\n'
    (spec,) = parsed(short)
    assert spec.settings == DemoSettings(days=3)
    assert spec.rhythm.silent_after == KINDS["demo"].rhythm.silent_after
    assert spec.rhythm.lateness == timedelta(days=2)


def test_a_source_that_is_switched_off_is_not_read_but_checked() -> None:
    off = WEB.replace('kind = "web"', 'kind = "web"\nenabled = false')
    assert parsed(off) == ()
    assert "line 11: sources.meldingen.settings.token" in mistake(
        off.replace('{ env = "MELDINGEN_TOKEN" }', '"geheim"')
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('kind = "web"', 'kind = "wbe"', 4, "sources.meldingen.kind: no such kind; choose from demo"),
        ('kind = "web"\n', "", 3, "sources.meldingen.kind: is missing; add it"),
        ('"5m"', '"soon"', 6, "schedule.every: write a whole number above 0 and a unit"),
        ('"5m"', "5", 6, "schedule.every: write a whole number above 0 and a unit"),
        ('"5m"', '"0s"', 6, "schedule.every: write a whole number above 0"),
        ("06:30-22:00", "6-22", 7, "schedule.between: write a part of the day"),
        ("06:30-22:00", "06:30-06:30", 7, "schedule.between: write a part of the day"),
        ("url =", "address =", 8, "settings.url: is missing; add it"),
        ('token = { env = "MELDINGEN_TOKEN" }', 'token = "geheim"', 10, "itself is never written"),
        ('env = "MELDINGEN_TOKEN"', 'env = "A", file = "b"', 10, "write { env ="),
        ('"MELDINGEN_TOKEN"', '"WIJKBEELD_TOKEN"', 10, "does not begin with WIJKBEELD_"),
        ('"MELDINGEN_TOKEN"', '"geheim=1"', 10, "settings.token.env: string should match"),
        ('silent_after = "6h"', 'silent_aftr = "6h"', 12, "rhythm.silent_aftr: is not known here"),
        ("[sources.meldingen]", "[sources.Meldingen]", 3, "sources.Meldingen: a name is lower-case"),
        ("[sources.meldingen]", "[sources.wijkteam]", 3, "sources.wijkteam: is handed in by teams"),
        ("# A comment.", "x = 1", 1, "x: is not known here; write [sources.NAME] or [geocoder]"),
        ('url = "https', 'url = https', 9, "not TOML"),
        ("# A comment.", "[sources]\nsources = 3", 2, "sources.sources"),
    ],
)  # fmt: skip
def test_a_mistake_is_pointed_at(old: str, new: str, line: int, says: str) -> None:
    assert old in WEB
    message = mistake(WEB.replace(old, new))
    assert message.startswith(f"sources.toml line {line}: ")
    assert says in message
    assert "geheim" not in message
    assert "soon" not in message


@pytest.mark.parametrize("text", ["sources = 3", "sources = []", '[[sources]]\nkind = "demo"'])
def test_what_is_no_table_of_sources_is_refused(text: str) -> None:
    assert "write [sources.NAME]" in mistake(text)


def test_an_error_of_another_kind_is_pointed_at_where_tables_are_scattered() -> None:
    scattered = WEB + '[sources.demo]\nkind = "demo"\n[sources.meldingen.more]\nx = 1\n'
    assert mistake(scattered).startswith("sources.toml line ")


def test_an_empty_file_declares_nothing() -> None:
    assert parsed("") == ()
    assert parsed("[sources]\n") == ()


def test_a_secret_is_read_where_it_is_kept(tmp_path: Path) -> None:
    reader = SecretReader({"TOKEN": "geheim-1", "EMPTY": ""})
    (tmp_path / "token").write_text("geheim-2\n")
    assert reader.read(SecretRef(env="TOKEN"), tmp_path).get_secret_value() == "geheim-1"
    found = reader.read(SecretRef(file="token"), tmp_path)
    assert found == SecretStr("geheim-2")
    assert "geheim" not in repr((reader, found))
    for ref, place in (
        (SecretRef(env="EMPTY"), "variable EMPTY"),
        (SecretRef(env="ABSENT"), "variable ABSENT"),
        (SecretRef(file="gone"), "gone"),
        (SecretRef(file="."), "make it readable"),
    ):
        with pytest.raises(SettingsError, match=place):
            reader.read(ref, tmp_path)


def test_a_secret_that_is_no_text_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"gehe\xffim")
    with pytest.raises(SettingsError, match="not UTF-8") as error:
        SecretReader({}).read(SecretRef(file="token"), tmp_path)
    assert "gehe" not in str(error.value)


def test_our_own_files_are_right() -> None:
    folder = Path(__file__).parents[2] / "gemeenten" / "nijmegen"
    declared = parse_declarations((folder / "sources.toml").read_text(), KINDS, folder)
    specs = declared.sources
    assert [spec.name for spec in specs] == ["demo"]


GEOCODER = "[geocoder]\nenabled = true\nper_minute = 30\n"


def geocoder(text: str) -> GeocoderSettings:
    return parse_declarations(text, KINDS_HERE, Path("folder")).geocoder


def test_the_geocoder_is_off_unless_it_is_turned_on() -> None:
    assert not geocoder("").enabled
    assert not geocoder("[geocoder]\nper_minute = 30\n").enabled
    assert geocoder(GEOCODER + WEB) == GeocoderSettings(enabled=True, per_minute=30)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("per_minute = 0", "geocoder.per_minute: input should be greater"),
        ("token = 'geheim'", "geocoder.token: is not known here"),
        ("url = 'http://geheim.example'", "geocoder.url: must begin with https://"),
        ("url = 'https://pdok.example/?key=geheim'", "geocoder.url: string should match pattern"),
    ],
)
def test_a_mistake_about_the_geocoder_is_pointed_at(line: str, says: str) -> None:
    message = mistake(f"[geocoder]\n{line}\n")
    assert message.startswith("sources.toml line 2: ")
    assert says in message
    assert "geheim" not in message


def test_a_source_may_keep_its_places_from_the_geocoder_and_made_up_ones_always_do() -> None:
    demo = '[sources.demo]\nkind = "demo"\ngeocode = true\n'
    kept = WEB.replace('kind = "web"', 'kind = "web"\ngeocode = false')
    assert [spec.geocode for spec in parsed(WEB + demo)] == [True, False]
    assert [spec.geocode for spec in parsed(kept)] == [False]
