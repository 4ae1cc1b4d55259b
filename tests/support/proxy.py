"""A TCP proxy before a server that delays, stalls, cuts and loses: for all clients, or one by name."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urlsplit

from tests.support.links import CALM, Harm, Weather, name_of
from tests.support.ports import free_port

T = TypeVar("T")

_HOST = "127.0.0.1"
_CHUNK = 64 * 1024
_LONGEST = 0.3
"""Seconds that a piece is held up at most, and after which a connection is cut that loses."""


class Link:
    """All connections of the clients of one name.

    Args:
        dice: for the weather, and how long a delay is.
        weather: what happens from now on.

    Attributes:
        connections: how many there were.
        suffered: how often each harm came.
        flows: cleared while everything is held up.
    """

    def __init__(self, dice: random.Random, weather: Weather) -> None:
        self.connections = 0
        self.suffered: Counter[Harm] = Counter()
        self.flows = asyncio.Event()
        self.flows.set()
        self._open: set[asyncio.StreamWriter] = set()
        self._dice = dice
        self.set_weather(weather)

    def set_weather(self, weather: Weather) -> None:
        """Let other weather begin."""
        self._harms = weather.harms(self._dice)

    def opened(self, *pair: asyncio.StreamWriter) -> None:
        """Note a connection."""
        self.connections += 1
        self._open.update(pair)

    def closed(self, *pair: asyncio.StreamWriter) -> None:
        """Forget a connection."""
        self._open.difference_update(pair)

    def cut(self) -> None:
        """Cut every connection."""
        self.suffered[Harm.CUT] += len(self._open) // 2
        for writer in list(self._open):
            writer.transport.abort()

    async def suffer(self) -> None:
        """Let the weather have its way with a piece.

        Raises:
            ConnectionAbortedError: its connection is to be cut.
        """
        harm = next(self._harms)
        if harm is None:
            return
        self.suffered[harm] += 1
        if harm is Harm.DELAY:
            await asyncio.sleep(self._dice.random() * _LONGEST)
            return
        if harm is Harm.LOSE:
            await asyncio.sleep(_LONGEST)
        raise ConnectionAbortedError


class Proxy:
    """Listens on a free loopback port and passes on to ``target``, for the length of a ``with`` block.

    Args:
        target: port of the server behind it.
        seed: decides what the weather does.
        weather: what every link meets from its first piece on.

    Attributes:
        links: the clients that were seen, by the name that they say first (``links.name_of``).
    """

    def __init__(self, target: int, seed: int = 0, weather: Weather = CALM) -> None:
        self.port = free_port()
        self.target = target
        self.links: dict[str, Link] = {}
        self.lost_answers = 0
        self._dice = random.Random(seed)
        self._weather = weather
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._loses_answers = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{_HOST}:{self.port}"

    def url(self, original: str) -> str:
        """Return ``original`` with this proxy in the place of its server."""
        return urlsplit(original)._replace(netloc=self.address).geturl()

    def set_weather(self, weather: Weather, link: str | None = None) -> None:
        """Let other weather begin, for all links or for one."""
        if link is None:
            self._weather = weather
        self._each(lambda: self._chosen(link), lambda found: found.set_weather(weather))

    def stall(self, link: str | None = None) -> None:
        """Hold everything up, on old connections and new ones, until ``flow``."""
        self._each(lambda: self._gates(link), asyncio.Event.clear)

    def flow(self, link: str | None = None) -> None:
        """Let everything pass again."""
        self._each(lambda: self._gates(link), asyncio.Event.set)

    def cut(self, link: str | None = None) -> None:
        """Cut every connection."""
        self._each(lambda: self._chosen(link), Link.cut)

    def lose_answers(self, lose: bool = True) -> None:
        """From now on let requests pass, and cut their connection when the server answers."""
        self._loses_answers = lose

    def _chosen(self, link: str | None) -> list[Link]:
        return list(self.links.values()) if link is None else [self._link(link)]

    def _gates(self, link: str | None) -> list[asyncio.Event]:
        return [self._flows] if link is None else [self._link(link).flows]

    def _link(self, name: str) -> Link:
        if name not in self.links:
            self.links[name] = Link(self._dice, self._weather)
        return self.links[name]

    def _each(self, chosen: Callable[[], Iterable[T]], change: Callable[[T], None]) -> None:
        """Change what is chosen, in the thread of the loop."""

        async def run() -> None:
            for one in chosen():
                change(one)

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)

    async def _connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            # In both protocols the client speaks first.
            first = await client.read(_CHUNK)
            server, to_server = await asyncio.open_connection(_HOST, self.target)
        except OSError:
            back.transport.abort()
            return
        link = self._link(name_of(first))
        link.opened(back, to_server)
        try:
            await asyncio.gather(
                self._pump(client, to_server, link, first),
                self._pump(server, back, link),
            )
        except OSError:
            pass
        finally:
            link.closed(back, to_server)
            for writer in (back, to_server):
                writer.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        link: Link,
        first: bytes | None = None,
    ) -> None:
        """Pass on until the end; ``first`` is what a client, not the server, has said already."""
        is_answer = first is None
        data = await source.read(_CHUNK) if first is None else first
        while data:
            await self._flows.wait()
            await link.flows.wait()
            if is_answer and self._loses_answers:
                self.lost_answers += 1
                raise ConnectionAbortedError
            await link.suffer()
            sink.write(data)
            await sink.drain()
            data = await source.read(_CHUNK)
        with contextlib.suppress(OSError, RuntimeError):
            sink.write_eof()

    def _accept(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = self._loop.create_task(self._connected(client, back))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def __enter__(self) -> Self:
        self._thread.start()
        self.flow()
        listening = asyncio.start_server(self._accept, _HOST, self.port)
        self._server = asyncio.run_coroutine_threadsafe(listening, self._loop).result(30)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    async def _close(self) -> None:
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0)  # an aborted transport closes its socket in the loop's next turn
