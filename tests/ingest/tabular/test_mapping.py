"""A mistake in a mapping is pointed at by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SettingsError
from tests.ingest.filedrop.conftest import MAPPING, filedrop


def _line_of(text: str, what: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if what in line)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('kind = "signal"', 'kind = "signaal"', "kind: input should be"),
        ('id = ["nummer"]', "id = []", "id: "),
        ('column = "gemeld"', 'colunm = "gemeld"', "not known here"),
        ('column = "gemeld"', 'constant = "2026-01-01"', "differs from row to row"),
        ("[fields.pc6]", "[fields.straat]", "no such field; choose from"),
        ('"Geluid" = "geluidsoverlast"', '"Geluid" = "lawaai"', "no such theme; choose from"),
        ('"Geluid" = "geluid"', '"Geluid" = "Te veel geluid"', "string should match pattern"),
        ('"Open" = "open"', '"Open" = "nieuw"', "input should be"),
        ('"Bottendaal" = "BU02680202"', '"Bottendaal" = "BU1"', "string should match pattern"),
    ],
)
def test_the_line_of_a_mistake(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in MAPPING
    text = MAPPING.replace(old, new)
    with pytest.raises(SettingsError) as raised:
        filedrop(tmp_path, text)
    message = str(raised.value)
    assert message.startswith("mapping.toml line ")
    assert says in message
    line = int(message.split()[2].rstrip(":"))
    assert abs(line - _line_of(text, new.split(" = ")[-1] if "Geluid" not in new else new)) <= 1


def test_a_column_of_terms_needs_a_list(tmp_path: Path) -> None:
    text = MAPPING.replace(
        'values = { "Open" = "open", "Dicht" = "closed", "Ingetrokken" = "closed" }', ""
    )
    with pytest.raises(SettingsError, match=r"fields\.status: a column of terms needs values"):
        filedrop(tmp_path, text)


def test_a_field_that_is_lacking_and_a_file_that_is(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"add \[fields\.occurred_at\]"):
        filedrop(tmp_path, 'kind = "signal"\nid = ["a"]\n[fields.category]\nconstant = "geluid"\n')
    with pytest.raises(SettingsError, match="line 1: not TOML"):
        filedrop(tmp_path, "kind = \n")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('encoding = "utf-9"', "no such encoding"),
        ('time_zone = "Europe/Nijmegen"', "no such time zone"),
        ('time_of_day = "noon"', "not a time of day"),
        ('decimal = ";"', "input should be"),
        ("header = 0", "greater than or equal to 1"),
    ],
)
def test_how_a_file_is_written(tmp_path: Path, table: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        filedrop(tmp_path, MAPPING + f"\n[file]\n{table}\n")
