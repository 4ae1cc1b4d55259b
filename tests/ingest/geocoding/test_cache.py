from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.errors import SettingsError
from ingest.geocoding.cache import AnswerCache, Kept

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_answers_are_kept_between_starts_and_replaced(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "geocoder.sqlite"
    cache = AnswerCache(file)
    cache.put(b"one", "BU02680101", AT)
    cache.put(b"two", None, AT)
    cache.put(b"one", "BU02680202", AT + timedelta(days=1))
    cache.close()
    cache = AnswerCache(file)
    assert cache.get(b"one") == Kept("BU02680202", AT + timedelta(days=1))
    assert cache.get(b"two") == Kept(None, AT)
    assert cache.get(b"three") is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_stays_within_its_bounds_and_drops_what_is_oldest(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "cache", most=10)
    for number in range(55):
        cache.put(bytes([number]), None, AT + timedelta(minutes=number))
    kept = [number for number in range(55) if cache.get(bytes([number]))]
    assert kept == list(range(kept[0], 55))
    assert 10 <= len(kept) <= 20


@pytest.mark.parametrize("damage", [b"no database at all, but long enough to be read as one" * 40])
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "cache"
    file.write_bytes(damage)
    cache = AnswerCache(file)
    cache.put(b"one", "BU02680101", AT)
    assert cache.get(b"one") is not None


def test_a_file_that_breaks_later_costs_no_event(tmp_path: Path) -> None:
    cache = AnswerCache(tmp_path / "cache")
    cache.close()
    cache.put(b"one", "BU02680101", AT)
    assert cache.get(b"one") is None


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"geocoder cache .* cannot write"):
        AnswerCache(tmp_path / "file" / "cache")
