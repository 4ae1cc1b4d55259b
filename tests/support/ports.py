"""Free ports and servers that come up on them."""

from __future__ import annotations

import socket
import subprocess

from tests.support.waiting import wait_until
from wijkbeeld.supervisor.ports import free_port

__all__ = ["free_port", "wait_for_port"]


def wait_for_port(port: int, process: subprocess.Popen[bytes], timeout: float) -> None:
    """Return when ``process`` accepts connections on ``port``.

    Raises:
        AssertionError: it ended or stayed silent for ``timeout`` seconds.
    """

    def accepts() -> bool:
        assert process.poll() is None, f"the server ended with {process.returncode}"
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
            client.settimeout(1.0)
            return client.connect_ex(("127.0.0.1", port)) == 0

    wait_until(accepts, timeout, f"port {port} to accept connections")
