"""What is remembered of a re-enrichment tells the next one only what it cannot know itself."""

from __future__ import annotations

from pathlib import Path

from streams.catching_up import Progress
from wijkbeeld.datadir import DataDir
from wijkbeeld.reenrich.reenriching import Notes
from wijkbeeld.running_system import System
from wijkbeeld.warehouse_access import Login


def notes(folder: Path, incarnation: str = "one", geo_v: int = 2) -> Notes:
    login = Login("http://127.0.0.1:1", "reader", "")
    return Notes(System("127.0.0.1:1", incarnation, login, DataDir(folder)), geo_v)


def test_an_unfinished_one_is_told_when_its_broker_is_gone(tmp_path: Path) -> None:
    assert notes(tmp_path).lost_earlier() == ""
    notes(tmp_path).save(Progress(7, 20))
    assert notes(tmp_path).lost_earlier() == "", "it goes on"
    assert "came to 7 of 20 records" in notes(tmp_path, "two").lost_earlier()
    assert notes(tmp_path, "two", geo_v=3).lost_earlier() == "", "other tables, another reading"


def test_a_finished_one_is_not_told(tmp_path: Path) -> None:
    notes(tmp_path).save(Progress(20, 20, done=True))
    assert notes(tmp_path, "two").lost_earlier() == ""


def test_it_is_saved_at_most_once_a_second(tmp_path: Path) -> None:
    kept = notes(tmp_path)
    kept.save(Progress(1, 20))
    kept.save_now_and_then(Progress(2, 20))
    assert "came to 1 of 20" in notes(tmp_path, "two").lost_earlier()
