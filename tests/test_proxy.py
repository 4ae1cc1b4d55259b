"""The proxy of the law tests knows who speaks, and harms that link alone."""

from __future__ import annotations

import random
import socket
import socketserver
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress

import pytest

from tests.support.links import CALM, NOBODY, Chance, Harm, Squall, name_of
from tests.support.proxy import Proxy
from tests.support.waiting import wait_until


def kafka(client_id: str, *, api_key: int = 18) -> bytes:
    """Return the beginning of a connection as Kafka's protocol has it."""
    name = client_id.encode()
    body = struct.pack(f">hhih{len(name)}s", api_key, 0, 1, len(name), name)
    return struct.pack(">i", len(body)) + body


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (kafka("wijkbeeld-loader"), "wijkbeeld-loader"),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nUser-Agent: wijkbeeld-page clickhouse-connect/1\r\n\r\n",
            "wijkbeeld-page",
        ),
        (b"GET / HTTP/1.1\r\nuser-agent:wijkbeeld-sql\r\n\r\n", "wijkbeeld-sql"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", NOBODY),
        (struct.pack(">ihhih", 10, 18, 0, 1, -1), NOBODY),
        (b"", NOBODY),
    ],
)
def test_a_client_is_known_by_what_it_says_first(first: bytes, name: str) -> None:
    assert name_of(first) == name


def test_a_squall_brings_every_harm_so_often_and_then_calm() -> None:
    harms = Squall(rounds=2, every=3).harms(random.Random(1))
    pieces = [next(harms) for _ in range(40)]
    assert pieces[:9] == [None, None, Harm.DELAY, None, None, Harm.CUT, None, None, Harm.LOSE]
    assert Counter(pieces)[Harm.CUT] == 2
    assert pieces[18:] == [None] * 22


def test_chance_brings_its_shares() -> None:
    harms = Chance(delay=0.2, cut=0.1, lose=0.05).harms(random.Random(1))
    found = Counter(next(harms) for _ in range(10_000))
    assert found[Harm.DELAY] > found[Harm.CUT] > found[Harm.LOSE] > 0
    assert Counter(next(CALM.harms(random.Random(1))) for _ in range(100)) == {None: 100}


class Echo(socketserver.BaseRequestHandler):
    """Says everything back."""

    def handle(self) -> None:
        with suppress(OSError):
            while said := self.request.recv(1024):
                self.request.sendall(said)


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that says everything back."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join(30)


def said_back(proxy: Proxy, said: bytes) -> bytes:
    """Return the answer; empty where the connection was cut."""
    with socket.create_connection(("127.0.0.1", proxy.port), 30) as client:
        client.settimeout(30)
        try:
            client.sendall(said)
            return client.recv(1024)
        except ConnectionError:
            return b""


@pytest.mark.integration
def test_one_link_is_harmed_and_the_other_is_not(echo: int) -> None:
    one, other = kafka("one"), kafka("other")
    with Proxy(echo) as proxy:
        assert said_back(proxy, one) == one
        proxy.set_weather(Squall(), "one")
        assert said_back(proxy, other) == other
        # The request is delayed and its answer cut; then a request is lost.
        assert [said_back(proxy, one), said_back(proxy, one)] == [b"", b""]
        assert proxy.links["one"].suffered == dict.fromkeys(Harm, 1)
        assert said_back(proxy, one) == one
        assert not proxy.links["other"].suffered


@pytest.mark.integration
def test_one_link_is_stalled_and_cut_and_the_other_is_not(echo: int) -> None:
    one, other = kafka("one"), kafka("other")
    with Proxy(echo) as proxy:
        proxy.stall("one")
        answers: list[bytes] = []
        waiting = threading.Thread(target=lambda: answers.append(said_back(proxy, one)))
        waiting.start()
        wait_until(lambda: proxy.links["one"].connections == 1, 30, "the connection")
        assert said_back(proxy, other) == other
        assert not answers
        proxy.cut("one")
        waiting.join(30)
        assert answers == [b""]
        proxy.flow("one")
        assert said_back(proxy, one) == one
