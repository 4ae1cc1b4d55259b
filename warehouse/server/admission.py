"""How many requests may be in the engine at once, and that no two have the same query id."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator

from warehouse.server.config import Limits
from warehouse.server.errors import ClickHouseError, Code
from warehouse.server.users import User


class Admission:
    """Places in the engine.

    Args:
        limits: how many places, how many of them for users who may only read, and how long to wait.
    """

    def __init__(self, limits: Limits) -> None:
        self._wait = limits.queue_seconds
        self._all = asyncio.Semaphore(limits.concurrent)
        self._readers = asyncio.Semaphore(min(limits.concurrent_readers, limits.concurrent))
        self._running: set[str] = set()

    @contextlib.asynccontextmanager
    async def place(self, user: User) -> AsyncIterator[None]:
        """Hold a place.

        Raises:
            ClickHouseError: 202, none became free in time.
        """
        async with contextlib.AsyncExitStack() as held:
            try:
                async with asyncio.timeout(self._wait):
                    if user.read_only:
                        await held.enter_async_context(self._readers)
                    await held.enter_async_context(self._all)
            except TimeoutError:
                raise ClickHouseError(
                    Code.TOO_MANY_SIMULTANEOUS_QUERIES, "Too many simultaneous queries: try again later."
                ) from None
            yield

    @contextlib.contextmanager
    def running(self, query_id: str) -> Iterator[None]:
        """Hold a query id.

        Raises:
            ClickHouseError: 216, a running query has it.
        """
        if query_id in self._running:
            raise ClickHouseError(
                Code.QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING,
                "A query with this query_id is already running.",
            )
        self._running.add(query_id)
        try:
            yield
        finally:
            self._running.discard(query_id)
