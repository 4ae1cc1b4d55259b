"""Clients and keys: shown once, hashed at rest, rotated with an overlap, revoked at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from domain.errors import SettingsError
from ingest.gateway.clients import KEY, Client, digest_of, key_from, signing_key
from ingest.gateway.store import ClientStore
from tests.ingest.gateway.serving import CLIENT
from tests.ingest.samples import KEYED, NOON

HOUR = timedelta(hours=1)


@pytest.fixture
def store(tmp_path: Path) -> ClientStore:
    return ClientStore(tmp_path / "gateway.sqlite", KEYED)


def test_a_key_is_recognised_by_its_hash_and_is_not_in_the_file(
    store: ClientStore, tmp_path: Path
) -> None:
    issued = store.add(CLIENT.model_copy(update={"signed": True}), NOON)
    found = KEY.fullmatch(issued.key)
    assert found is not None

    known = store.find(found[1])
    assert known is not None
    assert known[0].name == "sensoren"
    assert known[1].digest == digest_of(KEYED, found[1], found[2])
    assert known[1].is_good(NOON)

    assert issued.signing_secret is not None
    store.close()
    at_rest = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert found[2].encode() not in at_rest
    assert signing_key(KEYED, found[1]) not in at_rest
    assert issued.signing_secret[6:].encode() not in at_rest
    assert (tmp_path / "gateway.sqlite").stat().st_mode & 0o077 == 0


def test_a_key_is_not_in_its_representation(store: ClientStore) -> None:
    issued = store.add(CLIENT, NOON)
    assert issued.key not in repr(issued)


def test_a_rotated_key_goes_on_for_the_overlap(store: ClientStore) -> None:
    first = store.add(CLIENT, NOON)
    second = store.rotate("sensoren", 2 * HOUR, NOON)

    keys = {key.key_id: key for _, keys in store.clients() for key in keys}
    assert keys[first.key_id].is_good(NOON + HOUR)
    assert not keys[first.key_id].is_good(NOON + 2 * HOUR)
    assert keys[second.key_id].is_good(NOON + 1000 * HOUR)


def test_a_second_rotation_does_not_make_an_old_key_live_longer(store: ClientStore) -> None:
    first = store.add(CLIENT, NOON)
    store.rotate("sensoren", HOUR, NOON)
    store.rotate("sensoren", 100 * HOUR, NOON)

    keys = {key.key_id: key for _, keys in store.clients() for key in keys}
    assert not keys[first.key_id].is_good(NOON + 2 * HOUR)


def test_revoking_is_at_once_for_one_key_or_all(store: ClientStore) -> None:
    first = store.add(CLIENT, NOON)
    store.rotate("sensoren", HOUR, NOON)

    assert store.revoke("sensoren", first.key_id, NOON) == 1
    assert store.revoke("sensoren", None, NOON) == 1
    assert not any(key.is_good(NOON) for _, keys in store.clients() for key in keys)


def test_mistakes_say_what_to_do(store: ClientStore) -> None:
    store.add(CLIENT, NOON)
    with pytest.raises(SettingsError, match="rotate its key"):
        store.add(CLIENT, NOON)
    with pytest.raises(SettingsError, match="not known here"):
        store.rotate("nobody", HOUR, NOON)
    with pytest.raises(SettingsError, match="no such key"):
        store.revoke("sensoren", "nothing", NOON)


def test_a_key_that_was_made_elsewhere_is_adopted_once(store: ClientStore, tmp_path: Path) -> None:
    with ClientStore(tmp_path / "other.sqlite", KEYED) as other:
        key = other.add(CLIENT, NOON).key

    store.adopt(CLIENT, key, NOON)
    store.adopt(CLIENT, key, NOON)

    assert [len(keys) for _, keys in store.clients()] == [1]
    with pytest.raises(SettingsError, match="its key is taken"):
        store.adopt(CLIENT, key[:-43] + "x" * 43, NOON)
    with pytest.raises(SettingsError, match="is none"):
        store.adopt(CLIENT, "x", NOON)


def test_a_secret_of_a_settings_file_stands_for_a_key() -> None:
    secret = "0123456789abcdef" * 3
    assert KEY.fullmatch(key_from(secret))
    assert key_from(secret) == key_from(secret) != key_from(secret + "0")
    assert key_from(key_from(secret)) == key_from(secret)
    with pytest.raises(SettingsError, match="32 characters") as error:
        key_from("hunter2")
    assert "hunter2" not in str(error.value)


def test_a_signature_is_used_once_until_it_is_forgotten(store: ClientStore, tmp_path: Path) -> None:
    parts = ("key", "m-1", "123")
    assert store.use_signature(parts, HOUR, NOON)
    assert not store.use_signature(parts, HOUR, NOON)
    store.close()

    with ClientStore(tmp_path / "gateway.sqlite", KEYED) as again:
        assert not again.use_signature(parts, HOUR, NOON + HOUR / 2)
        assert again.use_signature(("key", "m-2", "123"), HOUR, NOON + 3 * HOUR)
        assert again.use_signature(parts, HOUR, NOON + 3 * HOUR)


@pytest.mark.parametrize(
    "wrong",
    [
        {"themes": ()},
        {"themes": ("unknown",)},
        {"categories": ("Two words",)},
        {"urn": "https://example.org"},
        {"source": "Geluid"},
        {"rate": 0},
    ],
)
def test_a_client_that_is_none(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Client.model_validate(CLIENT.model_dump() | wrong)
