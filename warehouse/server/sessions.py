"""Sessions: what a client's earlier requests left behind for its next ones.

A session is normally no more than the SET and USE statements it ran, repeated on a new handle for each
request, so that nothing else can pass from one request to the next. Only a temporary table ties a
session to one handle. Sessions belong to their user: another user's session of the same name is another
one.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from warehouse.server.calls import Call
from warehouse.server.engine import Handle
from warehouse.server.errors import ClickHouseError, Code


@dataclass
class Session:
    """State of one session; in use by one request at a time.

    ``statements`` are its SET and USE in order; ``handle`` is set once it has a temporary table.
    """

    statements: list[str] = field(default_factory=list)
    handle: Handle | None = None

    def remember(self, sql: str) -> None:
        """Add a statement that succeeded; its earlier equals have no effect any more."""
        self.statements[:] = [*(old for old in self.statements if old != sql), sql]

    def close(self) -> None:
        """Forget everything."""
        self.statements.clear()
        if self.handle is not None:
            self.handle.close()
            self.handle = None


@dataclass
class _Place:
    session: Session
    lock: asyncio.Lock
    users: int
    expires: float


class Sessions:
    """All sessions of the server.

    Args:
        clock: monotonic seconds.
        wait_seconds: how long a request waits for a busy session.
    """

    def __init__(self, clock: Callable[[], float], wait_seconds: float) -> None:
        self._clock = clock
        self._wait = wait_seconds
        self._places: dict[tuple[str, str], _Place] = {}

    @contextlib.asynccontextmanager
    async def use(self, call: Call) -> AsyncIterator[Session | None]:
        """Hold the session of a request; None if it names none.

        Raises:
            ClickHouseError: 373, another request holds it; 372, it must exist and does not.
        """
        self._forget_expired()
        if call.session_id is None:
            yield None
            return
        place = self._place(call, call.session_id)
        place.users += 1
        try:
            try:
                await asyncio.wait_for(place.lock.acquire(), self._wait)
            except TimeoutError:
                raise ClickHouseError(
                    Code.SESSION_IS_LOCKED, "Session is locked by a concurrent client."
                ) from None
            try:
                yield place.session
            finally:
                place.lock.release()
        finally:
            place.users -= 1
            place.expires = max(place.expires, self._clock() + call.session_seconds)

    def close(self) -> None:
        """Close every session."""
        for place in self._places.values():
            place.session.close()
        self._places.clear()

    def _place(self, call: Call, session_id: str) -> _Place:
        key = (call.user.name, session_id)
        if key not in self._places:
            if call.session_must_exist:
                raise ClickHouseError(Code.SESSION_NOT_FOUND, "Session not found.")
            self._places[key] = _Place(Session(), asyncio.Lock(), 0, self._clock())
        return self._places[key]

    def _forget_expired(self) -> None:
        now = self._clock()
        for key, place in list(self._places.items()):
            if place.users == 0 and place.expires < now:
                del self._places[key]
                place.session.close()
