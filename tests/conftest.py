"""What holds for every test: the network must be asked for, and Hypothesis has no clock."""

from __future__ import annotations

import gc
import os
import socket
import warnings
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from hypothesis import settings

# Few examples while one works, many in the whole run (``make test`` sets the profile).
settings.register_profile("quick", deadline=None, max_examples=10)
settings.register_profile("thorough", deadline=None, max_examples=100, derandomize="CI" in os.environ)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

_LOCAL_FAMILIES = {socket.AF_UNIX}
_GUARDED = ("connect", "connect_ex", "sendto")
_BROKERS = {"broker", "cluster", "kafka"}
"""Fixtures of tests that talk to a broker from their own process."""


@pytest.fixture(autouse=True)
def _network_must_be_asked_for(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Fail an unmarked test that opens a connection, so that the fast tests stay fast."""
    if request.node.get_closest_marker("integration") is not None:
        yield
        return
    calls: list[str] = []
    for name in _GUARDED:
        monkeypatch.setattr(socket.socket, name, _guard(name, calls))
    yield
    if calls:
        # Said again here: a thread or a library's own handler may have swallowed the first one.
        pytest.fail(_complaint(calls[0]), pytrace=False)


@pytest.fixture(autouse=True)
def _kafka_clients_leave_no_socket_to_others(request: pytest.FixtureRequest) -> Iterator[None]:
    """Collect what clients of kafka-python 3.0.12 left open, where it is known to be theirs.

    One that is closed while it makes a connection forgets that connection's socket. Found later by the
    garbage collector, it would fail whichever test runs then.
    """
    yield
    if _BROKERS.isdisjoint(request.fixturenames):
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def _guard(name: str, calls: list[str]) -> Any:
    original = getattr(socket.socket, name)

    def guarded(self: socket.socket, *args: Any) -> Any:
        if self.family in _LOCAL_FAMILIES:
            return original(self, *args)
        calls.append(name)
        _refuse(name)

    return guarded


def _refuse(name: str) -> NoReturn:
    raise AssertionError(_complaint(name))


def _complaint(name: str) -> str:
    return (
        f"a test without @pytest.mark.integration called socket.{name}: "
        "mark it, or give the code a transport that stays in the process"
    )
