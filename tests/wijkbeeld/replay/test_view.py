"""A replay shows how far it is, how fast, and how long it will take."""

from __future__ import annotations

import io

from rich.console import Console

from warehouse.replay.jobs import Job, Order
from wijkbeeld.replay.view import ReplayView, percent


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def job(read: int, total: int = 10_000) -> Job:
    return Job(Order("archive"), "2026-11-25", total=total, read=read)


def shown(*, terminal: bool) -> str:
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, force_terminal=terminal, width=80, highlight=False)
    view = ReplayView(console, clock)
    with view.progress:
        for read in range(0, 4_001, 100):
            view.show(job(read), in_flight=1_500)
            clock.now += 1
    return out.getvalue()


def test_a_file_gets_a_line_now_and_then() -> None:
    lines = shown(terminal=False).splitlines()
    assert len(lines) == 4
    assert lines[-1] == "replay: 4,000 of 10,000 (40 %), 100/s, 0:01:00 left, 1,500 on their way"


def test_a_terminal_gets_a_bar_within_its_width() -> None:
    text = shown(terminal=True)
    assert "4000/10000" in text.replace(",", "")
    assert "0:01:00 left" in text


def test_the_time_left_follows_the_last_half_minute() -> None:
    out, clock = io.StringIO(), Clock()
    view = ReplayView(Console(file=out, width=80), clock)
    read = 0
    for speed in [10] * 60 + [1_000] * 60:
        read += speed
        view.show(job(read, 100_000), 0)
        clock.now += 1
    assert 900 < view.rate <= 1_000


def test_a_stand_still_is_not_a_speed() -> None:
    out, clock = io.StringIO(), Clock()
    view = ReplayView(Console(file=out, width=80), clock)
    for read in [*range(0, 1_000, 100), *([1_000] * 200)]:
        view.show(job(read), 0)
        clock.now += 1
    assert view.rate < 10


def test_percent_has_its_ends() -> None:
    assert [percent(job(read)) for read in (0, 99, 5_000, 10_000, 10_001)] == [0, 0, 50, 100, 100]
    assert percent(job(0, total=0)) == 100
