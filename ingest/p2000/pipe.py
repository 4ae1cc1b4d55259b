"""Reading pages from a pipe: standard input or a named pipe.

A thread reads, so that a poll never waits. Bytes that were taken from the pipe and not yet
committed are gone when the process is killed: a pipe cannot be read twice. Use a growing file where
that matters.
"""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable
from typing import BinaryIO

from ingest.p2000.inputs import WINDOW_BYTES, Chunk, Line, Mark

_BUFFER_BYTES = 4 * 1024 * 1024
_MAX_LINES = 2000


class PipeInput:
    """Lines of a pipe. Offsets count from the first byte that this process read.

    Args:
        open_stream: opens the pipe; called in the reading thread, because opening may wait for a writer.
            The stream is closed at its end.
    """

    def __init__(self, open_stream: Callable[[], BinaryIO]) -> None:
        self._open = open_stream
        self._run = secrets.token_hex(8)
        self._lines: deque[Line] = deque()
        self._held = 0
        self._ended = False
        self._room = threading.Condition()
        self._thread: threading.Thread | None = None

    def read(self, mark: Mark | None) -> Chunk:
        """See ``LineInput``. A mark of another process stands for the beginning."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._pump, name="p2000-pipe", daemon=True)
            self._thread.start()
        offset = mark.get("offset") if mark and mark.get("run") == self._run else 0
        with self._room:
            while self._lines and isinstance(offset, int) and self._lines[0].end <= offset:
                self._held -= len(self._lines.popleft().data)
            self._room.notify_all()
            lines = [line for line, _ in zip(self._lines, range(_MAX_LINES), strict=False)]
            more = len(lines) < len(self._lines)
            ended = self._ended and not more
        return Chunk(lines, {"run": self._run, "offset": offset}, more=more, ended=ended)

    def _keep(self, line: Line) -> None:
        with self._room:
            self._room.wait_for(lambda: self._held < _BUFFER_BYTES)
            self._lines.append(line)
            self._held += len(line.data)

    def _pump(self) -> None:
        """Move lines from the pipe to the buffer until its end; waits while the buffer is full."""
        offset = 0
        try:
            with self._open() as stream:
                while data := stream.readline(WINDOW_BYTES):
                    line = Line(data.rstrip(b"\r\n"), offset, offset + len(data))
                    offset = line.end
                    self._keep(line)
        except (OSError, ValueError):
            # A pipe that breaks or is closed has ended; there is nothing to try again.
            pass
        finally:
            with self._room:
                self._ended = True
