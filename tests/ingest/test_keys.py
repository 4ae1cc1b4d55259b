"""The key file and the keyed hashes."""

from __future__ import annotations

import base64
import multiprocessing
import re
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SettingsError
from domain.privacy import find_personal
from ingest.keys import KEY_BYTES, KeyedHash, load_or_create_key

KEY = bytes(range(KEY_BYTES))
ANY_TEXT = st.text(alphabet=st.characters(), max_size=20)


def test_the_key_is_created_once_and_only_for_us(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "identity.key"
    key = load_or_create_key(path)
    assert len(key) == KEY_BYTES
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["identity.key"]


def test_a_key_that_others_can_read_is_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "identity.key"
    key = load_or_create_key(path)
    path.chmod(0o644)
    assert load_or_create_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_creators_at_the_same_time_get_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "identity.key"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        keys = pool.map(load_or_create_key, [path] * 8)
    assert len(set(keys)) == 1


@pytest.mark.parametrize("content", [b"", b"short", bytes(KEY_BYTES + 1)])
def test_a_damaged_key_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "identity.key"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"identity\.key: \d+ bytes instead of 32") as caught:
        load_or_create_key(path)
    assert "\n" not in str(caught.value)


def test_a_folder_in_place_of_the_key_is_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make it readable"):
        load_or_create_key(tmp_path)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        KeyedHash(b"short")


def test_the_key_is_not_shown() -> None:
    assert repr(KeyedHash(KEY)) == "KeyedHash(...)"


def test_ids_stay_the_same_between_versions_of_the_program() -> None:
    # Identities live as long as the data: a change of this value makes every event new.
    assert KeyedHash(KEY).id("page", "text") == "sZmTCdWxTI4WtattRvnALv-2"


@pytest.mark.parametrize("number", ["294340", "787219", "1458839", "1773722"])
def test_an_id_that_would_be_taken_for_a_person_is_another_one(number: str) -> None:
    keyed = KeyedHash(KEY)
    first = base64.urlsafe_b64encode(keyed.digest("x", number)).decode()
    assert find_personal(first) is not None, "the net has changed; look for another number"
    assert find_personal(keyed.id("x", number)) is None
    assert keyed.id("x", number) == keyed.id("not-personal", first)


@given(st.lists(ANY_TEXT, max_size=4))
def test_no_id_is_taken_for_a_person(parts: list[str]) -> None:
    assert find_personal(KeyedHash(KEY).id(*parts)) is None


@given(st.lists(ANY_TEXT, max_size=4))
def test_an_id_fits_every_identifier_field(parts: list[str]) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{24}", KeyedHash(KEY).id(*parts))


@given(st.lists(ANY_TEXT, max_size=4), st.lists(ANY_TEXT, max_size=4))
def test_ids_are_equal_only_for_equal_parts(one: list[str], other: list[str]) -> None:
    keyed = KeyedHash(KEY)
    assert (keyed.id(*one) == keyed.id(*other)) == (one == other)


@given(ANY_TEXT, st.integers(min_value=0, max_value=20))
def test_moving_a_border_between_parts_changes_the_id(text: str, at: int) -> None:
    keyed = KeyedHash(KEY)
    assert keyed.id(text) != keyed.id(text[:at], text[at:])


@given(ANY_TEXT)
def test_another_key_gives_another_id(text: str) -> None:
    assert KeyedHash(KEY).id(text) != KeyedHash(bytes(KEY_BYTES)).id(text)
