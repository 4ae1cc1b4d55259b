"""A TCP proxy between two parts that delays, stalls, cuts and loses, on request or by seed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from tests.support.ports import free_port

_HOST = "127.0.0.1"
_CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens by chance to each piece of data that passes.

    Attributes:
        delay: chance that it is held up, for at most ``longest`` seconds.
        cut: chance that its connection is cut before it gets through.
        lose: chance that it, and all that follows on its connection, never arrives; the connection is
            cut after ``longest`` seconds.
        longest: seconds.
    """

    delay: float = 0.0
    cut: float = 0.0
    lose: float = 0.0
    longest: float = 0.3


CALM = Weather()
STORM = Weather(delay=0.05, cut=0.01, lose=0.005)


class Proxy:
    """Listens on a free loopback port and passes on to ``target``, for the length of a ``with`` block.

    Args:
        target: port of the server behind it.
        seed: decides what the weather does.
    """

    def __init__(self, target: int, seed: int = 0) -> None:
        self.port = free_port()
        self.target = target
        self._dice = random.Random(seed)
        self._weather = CALM
        self._loop = asyncio.new_event_loop()
        self._flows = asyncio.Event()
        self._loses_answers = False
        self._connections: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self.cuts = 0
        self.lost_answers = 0

    @property
    def address(self) -> str:
        """``host:port``."""
        return f"{_HOST}:{self.port}"

    def url(self, original: str) -> str:
        """Return ``original`` with this proxy in the place of its server."""
        return urlsplit(original)._replace(netloc=self.address).geturl()

    def set_weather(self, weather: Weather) -> None:
        """Let other weather begin."""
        self._weather = weather

    def stall(self) -> None:
        """Hold everything up, on old connections and new ones, until ``flow``."""
        self._call(self._flows.clear)

    def flow(self) -> None:
        """Let everything pass again."""
        self._call(self._flows.set)

    def cut(self) -> None:
        """Cut every connection."""
        self._call(self._cut_all)

    def lose_answers(self, lose: bool = True) -> None:
        """From now on let requests pass, and cut their connection when the server answers."""
        self._loses_answers = lose

    def _call(self, change: Callable[[], None]) -> None:
        async def run() -> None:
            change()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(30)

    def _cut_all(self) -> None:
        for writer in list(self._connections):
            self.cuts += 1
            writer.transport.abort()

    async def _connected(self, client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            server, to_server = await asyncio.open_connection(_HOST, self.target)
        except OSError:
            back.transport.abort()
            return
        pair = (back, to_server)
        self._connections.update(pair)
        try:
            await asyncio.gather(
                self._pump(client, to_server, is_answer=False),
                self._pump(server, back, is_answer=True),
            )
        except OSError:
            pass
        finally:
            self._connections.difference_update(pair)
            for writer in pair:
                writer.transport.abort()

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        *,
        is_answer: bool,
    ) -> None:
        while data := await source.read(_CHUNK):
            await self._flows.wait()
            if is_answer and self._loses_answers:
                self.lost_answers += 1
                raise ConnectionAbortedError
            await self._suffer()
            sink.write(data)
            await sink.drain()
        with contextlib.suppress(OSError, RuntimeError):
            sink.write_eof()

    async def _suffer(self) -> None:
        weather, what = self._weather, self._dice.random()
        if what < weather.cut:
            self.cuts += 1
            raise ConnectionAbortedError
        if what < weather.cut + weather.lose:
            self.cuts += 1
            await asyncio.sleep(weather.longest)
            raise ConnectionAbortedError
        if what < weather.cut + weather.lose + weather.delay:
            await asyncio.sleep(self._dice.random() * weather.longest)

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
