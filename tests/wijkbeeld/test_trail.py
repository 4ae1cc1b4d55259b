"""The trail has six fields, only grows, and is there before anything is shown."""

from __future__ import annotations

import json
import os
import pwd
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import SettingsError
from wijkbeeld.trail import Trail, operating_system_user

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOON


def test_a_line_has_the_six_fields_and_its_file_is_only_for_us(tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    trail = Trail(path, Noon(), actor=lambda: "jansen", origin=lambda: "desk-3")
    trail.write("look", "rejected/p2000/7", "shown")
    assert json.loads(path.read_text()) == {
        "action": "look",
        "object": "rejected/p2000/7",
        "result": "shown",
        "origin": "desk-3",
        "actor": "jansen",
        "timestamp": "2026-03-01T12:00:00+00:00",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_lines_of_many_who_write_at_once_do_not_mix(tmp_path: Path) -> None:
    path = tmp_path / "trail.jsonl"
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(lambda n: Trail(path, Noon()).write("look", f"rejected/demo/{n}", "x"), range(200))
        )
    objects = [json.loads(line)["object"] for line in path.read_text().splitlines()]
    assert sorted(objects) == sorted(f"rejected/demo/{n}" for n in range(200))


def test_the_actor_is_the_user_of_the_process_and_not_of_its_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody-else")
    assert operating_system_user() == pwd.getpwuid(os.getuid()).pw_name


def test_a_trail_that_cannot_be_written_stops_the_deed(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nothing is shown"):
        Trail(tmp_path / "missing" / "trail.jsonl", Noon()).write("look", "x", "shown")
