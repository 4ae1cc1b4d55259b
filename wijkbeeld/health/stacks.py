"""Where every thread stands: modules, functions and lines, no values."""

from __future__ import annotations

import sys
import threading
from types import FrameType

DEEPEST = 60


def stacks() -> dict[str, list[str]]:
    """Return the stack of each thread by the thread's name, the innermost call first."""
    names = {thread.ident: thread.name for thread in threading.enumerate()}
    found: dict[str, list[str]] = {}
    for ident, frame in sys._current_frames().items():
        name = names.get(ident, "unknown")
        if name in found:
            name = f"{name} ({ident})"
        found[name] = _calls(frame)
    return found


def _calls(frame: FrameType | None) -> list[str]:
    calls: list[str] = []
    while frame is not None and len(calls) < DEEPEST:
        module = frame.f_globals.get("__name__", "?")
        calls.append(f"{module}:{frame.f_code.co_qualname}:{frame.f_lineno}")
        frame = frame.f_back
    return calls
