"""A streams worker as a process of its own, with faults on request.

``python -m tests.streams.worker_process OPTIONS`` with options as JSON; used through ``WorkerProcess``.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any, Self

from domain.errors import BrokerUnavailable, Terminal
from streams.chunk import Chunk, Outgoing
from streams.pipeline import Pipeline
from streams.publishing import Publisher
from streams.session import Work, serve
from streams.settings import RuntimeSettings
from streams.tables import build_tables
from tests.streams.cluster import Cluster
from tests.streams.samples import municipality
from tests.support.waiting import wait_until

EXIT_TERMINAL = 70


class WorkerProcess:
    """Starts a worker; ends it with SIGKILL at the latest when the ``with`` block ends.

    Args:
        cluster: the topics and the group of a test.
        folder: for the worker's files and log.
        lanes: endings of the raw topics to read.
        hang_at: a record with this receipt makes the worker hang in the middle of its chunk.
        bug_at: a record with this receipt makes the worker's own code fail.
        shut: while the file ``shut`` lies in the folder, publishing fails as if the broker were away.
    """

    def __init__(
        self, cluster: Cluster, folder: Path, lanes: Sequence[str] = ("",), **faults: int | bool
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        (folder / "ready").unlink(missing_ok=True)
        options = {
            "bootstrap": cluster.address,
            "group": cluster.group,
            "topics": [cluster.raw + lane for lane in lanes],
            "folder": str(folder),
            **faults,
        }
        self._log = (folder / "worker.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.streams.worker_process", json.dumps(options)],
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )

    def wait_for_file(self, name: str, timeout: float = 60.0) -> str:
        """Wait until the worker has written a file; return its text."""
        file = self.folder / name

        def written() -> bool:
            assert self.process.poll() is None, f"the worker ended: {self.log()}"
            return file.exists() and file.stat().st_size > 0

        wait_until(written, timeout, f"the worker to write '{name}'")
        return file.read_text()

    def log(self) -> str:
        return (self.folder / "worker.log").read_text(errors="replace")[-4000:]

    def stop(self) -> int:
        """End it with SIGTERM; return its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=30)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._log.close()


def main(options: dict[str, Any]) -> int:
    folder = Path(options["folder"])
    pipeline = Pipeline(build_tables(municipality(), 1))
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    settings = RuntimeSettings(
        options["bootstrap"], options["group"], tuple(options["topics"]), folder, commit_seconds=0.2
    )
    publisher = _shut_publisher(folder) if options.get("shut") else Publisher

    def connect(bootstrap: str, client_id: str) -> Publisher:
        _write(folder / "connects", bootstrap)
        return publisher(bootstrap, client_id)

    work = Work(_faulty(pipeline, folder, options), connect, chunk_records=100)
    try:
        serve(settings, work, stop, lambda: _write(folder / "ready", str(os.getpid())))
    except Terminal as error:
        print(error, flush=True)  # noqa: T201  # the log of a test
        return EXIT_TERMINAL
    return 0


def _faulty(
    pipeline: Pipeline, folder: Path, options: dict[str, Any]
) -> Callable[[Chunk], list[Outgoing]]:
    def process(chunk: Chunk) -> list[Outgoing]:
        receipts = [int(dict(headers)["receipt"]) for headers in chunk.headers]
        if options.get("hang_at") in receipts:
            _write(folder / "hangs", str(len(chunk)))
            threading.Event().wait()
        if options.get("bug_at") in receipts:
            raise ZeroDivisionError
        return pipeline(chunk)

    return process


def _shut_publisher(folder: Path) -> type[Publisher]:
    class ShutPublisher(Publisher):
        refused = 0

        async def publish(self, outgoing: Sequence[Outgoing]) -> None:
            if (folder / "shut").exists():
                ShutPublisher.refused += 1
                _write(folder / "refused", str(ShutPublisher.refused))
                raise BrokerUnavailable("shut by the test")
            await super().publish(outgoing)

    return ShutPublisher


def _write(file: Path, text: str) -> None:
    temporary = file.with_suffix(".tmp")
    temporary.write_text(text)
    temporary.rename(file)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
