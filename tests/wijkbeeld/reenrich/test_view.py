"""A re-enrichment shows how far it is, and at the end what has changed."""

from __future__ import annotations

import io

from rich.console import Console

from warehouse.reenriched import Move, Reenriched
from wijkbeeld.reenrich.view import print_changes, reenrich_view


class Clock:
    now = 50.0

    def __call__(self) -> float:
        return self.now


def shown(*, terminal: bool) -> str:
    out, clock = io.StringIO(), Clock()
    console = Console(file=out, force_terminal=terminal, width=80, highlight=False)
    with reenrich_view(console, clock) as view:
        for read in range(0, 4_001, 100):
            view.show(read, 10_000, read // 100)
            clock.now += 1
    return out.getvalue()


def test_a_file_gets_a_line_now_and_then() -> None:
    lines = shown(terminal=False).splitlines()
    assert len(lines) == 4
    assert lines[-1] == "re-enrich: 4,000 of 10,000 (40 %)"


def test_a_terminal_gets_a_bar() -> None:
    text = shown(terminal=True)
    assert "4000/10000" in text
    assert "left" in text


def test_changes_fit_the_screen() -> None:
    changes = Reenriched(
        (
            Move("coordinates", "coordinates", 1_234_567, 0),
            Move("gemeente", "street", 50_000, 50_000),
            Move("street", "gemeente", 1_000, 1_000),
        ),
        older=12,
    )
    out = io.StringIO()
    print_changes(Console(file=out, width=80, highlight=False), changes)
    text = out.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "1,285,567 events were located again; 51,000 have another area now" in text
    assert "1,235,567 (96.1%) before, 1,284,567 (99.9%) after" in text
    assert "12 events stay as older tables located them" in text


def test_nothing_to_change_is_told_without_a_table() -> None:
    out = io.StringIO()
    print_changes(Console(file=out, width=80, highlight=False), Reenriched((), older=0))
    assert out.getvalue().splitlines() == [
        "0 events were located again; 0 have another area now",
        "with a wijk: 0 (0.0%) before, 0 (0.0%) after",
    ]
