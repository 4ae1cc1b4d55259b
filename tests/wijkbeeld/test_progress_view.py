"""How far a piece of work is."""

from __future__ import annotations

import io

from rich.console import Console

from wijkbeeld.progress_view import ProgressView


def test_the_first_line_comes_only_after_a_while() -> None:
    out, now = io.StringIO(), [0.0]
    with ProgressView(Console(file=out, width=80), "work", [], lambda: now[0]) as view:
        view.show(1, 10, 10)
        assert out.getvalue() == ""
        now[0] += 10
        view.show(2, 10, 20)
        view.show(3, 10, 30)
        view.line("of its own")
    assert out.getvalue() == "work: 2 of 10 (20 %)\nof its own\n"
