"""The real local ClickHouse server, for tests and benchmarks."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from tests.support.waiting import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class TestUser:
    """A user with a password that is known."""

    __test__ = False  # its name is not one of a test

    name: str
    password: str
    read_only: bool
    databases: tuple[str, ...] = ("*",)


WRITER = TestUser("wijkbeeld", "writer-password-of-tests", read_only=False)
READER = TestUser("analyst", "reader-password-of-tests", read_only=True, databases=("wijkbeeld",))


@dataclass
class LocalClickHouse:
    """The local server in a process of its own, for the length of a ``with`` block.

    The database ``wijkbeeld`` is made at the first start; the reader sees it alone.

    Args:
        data_dir: where its data is; kept over ``restart``.
        users: who may ask.
        port: 0 takes a free one; a restart keeps it.
        limits: fields of ``warehouse.server.Limits`` to set.
        hidden_columns: by ``database.table``, what the reader does not get.
        default_settings: of the engine, where a query says nothing else.
        log: log of the server, JSON lines; beside ``data_dir`` if None.
    """

    data_dir: Path
    users: tuple[TestUser, ...] = (WRITER, READER)
    port: int = 0
    limits: dict[str, float] = field(default_factory=dict)
    hidden_columns: dict[str, list[str]] = field(default_factory=dict)
    default_settings: Mapping[str, str | int] = field(default_factory=dict)
    log: Path | None = None
    host: str = "127.0.0.1"
    url: str = ""
    _process: subprocess.Popen[str] | None = None

    @property
    def log_file(self) -> Path:
        """Log of the server, JSON lines."""
        return self.log or self.data_dir.with_suffix(".log")

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process is not None, "the server was not started"
        return self._process.pid

    def start(self) -> None:
        """Start the server and return when it answers.

        Raises:
            AssertionError: it ended at once; with the line it wrote.
        """
        process = self.spawn()
        assert process.stdout is not None
        self.url = process.stdout.readline().strip()
        if not self.url:
            _, complaint = process.communicate(timeout=30)
            raise AssertionError(f"the server ended with {process.returncode}: {complaint}")
        self._process = process
        self.port = urlsplit(self.url).port or 0
        with self.client(self.users[0]) as client:
            client.command("CREATE DATABASE IF NOT EXISTS wijkbeeld")

    def spawn(self) -> subprocess.Popen[str]:
        """Start a server process with these settings, without waiting for it."""
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.clickhouse_process"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(self._settings()) + "\n")
        process.stdin.flush()
        return process

    def _settings(self) -> dict[str, Any]:
        return {
            "data_dir": str(self.data_dir),
            "log_file": str(self.log_file),
            "host": self.host,
            "port": self.port,
            "limits": self.limits,
            "hidden_columns": self.hidden_columns,
            "default_settings": dict(self.default_settings),
            "users": [
                {
                    "name": user.name,
                    "password": user.password,
                    "read_only": user.read_only,
                    "databases": list(user.databases),
                }
                for user in self.users
            ],
        }

    def client(self, user: TestUser = WRITER, **options: Any) -> Client:
        """Return a clickhouse-connect client of ``user``; close it, or use it in a ``with`` block."""
        return clickhouse_connect.get_client(
            host=self.host, port=self.port, username=user.name, password=user.password, **options
        )

    def signal(self, number: int) -> None:
        """Send a signal to the running server."""
        assert self._process is not None, "the server was not started"
        self._process.send_signal(number)

    def wait(self) -> int:
        """Wait until the server has ended and return its exit status."""
        return self._ended()

    def stop(self) -> int:
        """End the server with SIGTERM and return its exit status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self) -> None:
        """End the server with SIGKILL; does nothing if it has ended."""
        if self._process is not None:
            self._process.kill()
            self._ended()

    def restart(self) -> None:
        """Kill the server and start it again on the same data and port."""
        self.kill()
        wait_until(lambda: self._process is None, what="the old server to end")
        self.start()

    def _ended(self) -> int:
        assert self._process is not None
        process, self._process = self._process, None
        process.communicate(timeout=60)
        return process.returncode

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
