"""The guard of ``conftest.py`` itself, tried on a test file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

pytest_plugins = ["pytester"]

CONFTEST = Path(__file__).with_name("conftest.py").read_text(encoding="utf-8")

TRIALS = """
import asyncio
import contextlib
import socket

import pytest


def connect():
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())


def test_unmarked():
    connect()


def test_unmarked_and_swallowed():
    with contextlib.suppress(BaseException):
        connect()


def test_sends_a_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b"x", ("127.0.0.1", 9))


@pytest.mark.integration
def test_marked():
    connect()


def test_event_loop():
    assert asyncio.run(asyncio.sleep(0, "awake")) == "awake"
"""


def test_an_unmarked_test_that_opens_a_connection_fails(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(CONFTEST)
    pytester.makefile(".ini", pytest="[pytest]\nmarkers = integration: opens a socket\n")
    pytester.makepyfile(TRIALS)
    result = pytester.runpytest_subprocess("-v", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(
        [
            "*::test_unmarked FAILED*",
            "*::test_unmarked_and_swallowed PASSED*",
            "*::test_unmarked_and_swallowed ERROR*",
            "*::test_sends_a_datagram FAILED*",
            "*::test_marked PASSED*",
            "*::test_event_loop PASSED*",
            "*a test without @pytest.mark.integration called socket.connect*",
            "*called socket.sendto*",
        ],
    )
