"""How long to wait before a part that died is started again."""

from __future__ import annotations

FIRST_SECONDS = 0.2
LONGEST_SECONDS = 30.0
FORGIVEN_AFTER_SECONDS = 60.0


class Backoff:
    """Doubles the wait with every quick death; a part that lived long starts afresh."""

    def __init__(self) -> None:
        self._next = FIRST_SECONDS

    def after(self, uptime: float) -> float:
        """Return the seconds to wait before restarting a part that lived ``uptime`` seconds."""
        if uptime >= FORGIVEN_AFTER_SECONDS:
            self._next = FIRST_SECONDS
        wait, self._next = self._next, min(self._next * 2, LONGEST_SECONDS)
        return wait
