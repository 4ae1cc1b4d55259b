"""Addresses, times, paces, bodies, tokens: what needs no connection."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from domain.errors import SettingsError, SourceRefused, SourceUnavailable, Terminal, Transient
from ingest.http.address import is_loopback, parse_address
from ingest.http.bodies import BodyBroken, BodyTooLarge, gunzip, read_whole
from ingest.http.decoding import json_of
from ingest.http.pace import HostPace
from ingest.http.protocol import HttpAnswer, NotThere
from ingest.http.statuses import failure
from ingest.http.times import MOST_RETRY_AFTER, http_date, retry_after
from ingest.http.token import Token

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


# Addresses.


@pytest.mark.parametrize(
    "url",
    [
        "http://bron.example/a",
        "ftp://bron.example/a",
        "//bron.example/a",
        "bron.example",
        "",
        "https://",
        "https://jan:geheim@bron.example/",
        "https://bron.example:geheim/",
        "https://[geheim/",
        "https://bron.example/a b",
        "https://bron.example/a\nHost: x",
        "https://bron.example/" + "a" * 5000,
        "http://127.0.0.1.bron.example/",
        "http://10.0.0.1/",
    ],
)
def test_what_may_not_be_asked(url: str) -> None:
    with pytest.raises(ValueError, match=r"is no address|must") as error:
        parse_address(url)
    assert "geheim" not in str(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "where"),
    [
        ("https://Bron.example:443/a/b?sleutel=geheim#x", "bron.example/a/b"),
        ("https://bron.example:8443/a", "bron.example:8443/a"),
        ("http://localhost:80/a", "localhost/a"),
        ("http://[::1]:9/a", "::1:9/a"),
    ],
)
def test_where_is_host_and_path(url: str, where: str) -> None:
    address = parse_address(url)
    assert address.where == where
    assert "geheim" not in repr(address)


def test_params_are_added_to_a_query() -> None:
    address = parse_address("https://bron.example/a?x=1&y=").with_params(
        {"na": "2026-03-01T12:00:00+01:00"}
    )
    assert address.url == "https://bron.example/a?x=1&y=&na=2026-03-01T12%3A00%3A00%2B01%3A00"


def test_what_is_this_machine() -> None:
    assert all(map(is_loopback, ("localhost", "127.0.0.1", "127.8.8.8", "::1")))
    assert not any(map(is_loopback, ("localhost.example", "10.0.0.1", "0.0.0.0", "")))  # noqa: S104 - not bound


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_a_value_error(text: str) -> None:
    for url in (text, f"https://{text}", f"https://bron.example/{text}"):
        try:
            address = parse_address(url)
        except ValueError:
            continue
        assert address.origin[0] == "https" or is_loopback(address.origin[1])
        assert "?" not in address.where


# Times.


def at(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("straks", None),
        (None, None),
        ("99999999999999999999", MOST_RETRY_AFTER.total_seconds()),
        (at(NOON + timedelta(minutes=3)), 180),
        (at(NOON - timedelta(minutes=3)), None),
        (at(NOON + timedelta(days=9999)), MOST_RETRY_AFTER.total_seconds()),
    ],
)
def test_retry_after(text: str | None, wait: float | None) -> None:
    expected = None if wait is None else timedelta(seconds=wait)
    assert retry_after(text, NOON, NOON) == expected


@pytest.mark.parametrize("skew", [timedelta(hours=-7), timedelta(0), timedelta(hours=7)])
def test_a_date_is_measured_by_the_clock_that_wrote_it(skew: timedelta) -> None:
    theirs = NOON + skew
    assert retry_after(at(theirs + timedelta(seconds=90)), theirs, NOON) == timedelta(seconds=90)


def test_without_their_clock_ours_is_taken() -> None:
    assert retry_after(at(NOON + timedelta(seconds=90)), None, NOON) == timedelta(seconds=90)


@given(st.text(max_size=40))
def test_any_header_gives_a_time_or_none(text: str) -> None:
    moment = http_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)
    wait = retry_after(text, None, NOON)
    assert wait is None or timedelta(0) < wait <= MOST_RETRY_AFTER


# Pace.


class Turning:
    """A clock that waiting moves."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.waits: list[float] = []

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 6))
        self.seconds += seconds


def test_requests_to_a_host_keep_their_distance_and_other_hosts_do_not_wait() -> None:
    clock = Turning()
    pace = HostPace(timedelta(milliseconds=500), lambda: clock.seconds, clock.pause)
    pace.wait("a")
    pace.wait("a")
    pace.wait("b")
    clock.seconds += 0.2
    pace.wait("a")
    clock.seconds += 10
    pace.wait("a")
    assert clock.waits == [0.5, 0.3]


@pytest.mark.parametrize("seconds", [-1, 1.1])
def test_a_distance_that_would_hold_others_up_is_refused(seconds: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1 s"):
        HostPace(timedelta(seconds=seconds))


# Bodies.


def cut(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


@given(st.lists(st.binary(max_size=2000), max_size=3), st.integers(1, 700))
def test_gzip_in_any_parts_and_members(members: list[bytes], size: int) -> None:
    packed = b"".join(map(gzip.compress, members))
    assert gunzip(cut(packed, size), 1_000_000) == b"".join(members)


@given(st.binary(min_size=1, max_size=300), st.data())
def test_gzip_that_ends_too_early_is_broken(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(body)
    end = data.draw(st.integers(1, len(packed) - 1))
    with pytest.raises(BodyBroken):
        gunzip([packed[:end]], 1_000_000)


def test_what_is_no_gzip_is_broken() -> None:
    with pytest.raises(BodyBroken):
        gunzip([b"{}"], 100)


def test_a_bomb_is_not_unpacked_further_than_allowed() -> None:
    taken = 0
    packed = gzip.compress(bytes(50_000_000), 9)

    def parts() -> list[bytes]:
        nonlocal taken
        taken += 1
        return [packed]

    with pytest.raises(BodyTooLarge):
        gunzip(parts(), 100_000)
    with pytest.raises(BodyTooLarge):
        gunzip([packed], len(packed) - 1)


def test_reading_stops_at_the_limit() -> None:
    read = []

    def endless() -> object:
        while True:
            read.append(1)
            yield bytes(10)

    with pytest.raises(BodyTooLarge):
        read_whole(endless(), 95)  # type: ignore[arg-type] # a generator of bytes without an end
    assert len(read) == 10
    assert read_whole([b"a", b"b"], 2) == b"ab"


# Statuses, tokens, JSON.


@pytest.mark.parametrize("status", [*range(201, 209), *range(400, 432), 451, *range(500, 512), 599, 999])
@pytest.mark.parametrize("with_token", [True, False])
def test_every_status_is_a_wait_or_a_stop(status: int, with_token: bool) -> None:
    error = failure("bron.example/a", status, timedelta(seconds=5), with_token=with_token)
    stops = 400 <= status < 500 and status not in (408, 425, 429)
    assert isinstance(error, Terminal if stops else Transient)
    assert isinstance(error, NotThere) == (status in (404, 410))
    if isinstance(error, Transient):
        assert error.retry_after == timedelta(seconds=5)
    assert str(error).startswith(f"bron.example/a: answered {status}")
    assert "\n" not in str(error)


def test_a_token_is_shown_nowhere() -> None:
    token = Token(SecretStr("geheim"))
    assert "geheim" not in f"{token!r} {token}"
    assert token.header() == "Bearer geheim"
    assert Token(SecretStr("geheim"), scheme="").header() == "geheim"


@pytest.mark.parametrize("secret", ["", "geheim\n", "geheim\r\nx: y", " geheim", "gehéim"])
def test_a_token_that_no_header_takes_is_refused(secret: str) -> None:
    with pytest.raises(SettingsError) as error:
        Token(SecretStr(secret))
    assert "geh" not in str(error.value).replace("gehad", "")


def answer(body: bytes, content_type: str) -> HttpAnswer:
    return HttpAnswer("bron.example/a", 200, body, {"content-type": content_type})


def test_json_of_an_answer() -> None:
    assert json_of(answer(b'{"a":1}', "Application/JSON; charset=utf-8")) == {"a": 1}
    assert json_of(answer(b"[]", "text/json"), "text/json") == []


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"naam":"Wiersemans"', "application/json"), (b"<html>Wiersemans", "text/html"), (b"[]", "")],
)
def test_what_is_no_json_is_not_told(body: bytes, content_type: str) -> None:
    with pytest.raises(SourceUnavailable, match=r"^bron\.example/a: answered ") as error:
        json_of(answer(body, content_type))
    assert "Wiersemans" not in str(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None
    assert "Wiersemans" not in repr(answer(body, content_type))


def test_nothing_there_is_a_refusal() -> None:
    assert issubclass(NotThere, SourceRefused)
