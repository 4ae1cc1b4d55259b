"""The client against a source on this machine, over http and https."""

from __future__ import annotations

import gzip
import inspect
import logging
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from domain.clock import SystemClock
from domain.errors import SettingsError, SourceRefused, SourceUnavailable, Terminal, Transient
from ingest.http.address import parse_address
from ingest.http.client import HttpxClient, _failure
from ingest.http.limits import Limits
from ingest.http.pace import HostPace
from ingest.http.protocol import NotThere
from ingest.http.token import Token
from tests.support.certificates import Certificate, self_signed
from tests.support.http_contract import TOKEN, assert_tells_nothing
from tests.support.http_pages import Asked, Misbehaviour, Page, json_page
from tests.support.http_source import HttpSource
from tests.support.ports import free_port

pytestmark = pytest.mark.integration

MODIFIED = "Sun, 01 Mar 2026 12:00:00 GMT"


def made(url: str, *, limits: Limits | None = None, ca_file: Path | None = None) -> HttpxClient:
    return HttpxClient(
        url,
        clock=SystemClock(),
        pace=HostPace(timedelta(0)),
        limits=limits or Limits(),
        token=Token(SecretStr(TOKEN)),
        ca_file=ca_file,
    )


PAGES = {
    "/gewijzigd": Page(b"[1]", etag='"v1"', last_modified=MODIFIED),
    "/verder": Page(b"", status=301, headers={"location": "/lijst?naar=geheim"}),
    "/rond": Page(b"", status=302, headers={"location": "/rond"}),
    "/nergens": Page(b"", status=302),
    "/elders": Page(b"", status=302, headers={"location": "http://127.0.0.2:1/geheim"}),
    "/ingepakt": Page(gzip.compress(b"[2]"), headers={"content-encoding": "gzip"}),
    "/anders": Page(b"[3]", headers={"content-encoding": "br"}),
    "/koekje": Page(b"[4]", headers={"set-cookie": "a=1"}),
    "/niets": Page(b"", status=204),
    "/bewaard": Page(b"", status=304),
}


def respond(asked: Asked) -> Page:
    return PAGES.get(asked.path) or json_page([asked.path])


@pytest.fixture
def source() -> Iterator[HttpSource]:
    with HttpSource(respond) as running:
        yield running


@pytest.fixture
def client(source: HttpSource) -> Iterator[HttpxClient]:
    with closing(made(source.url)) as opened:
        yield opened


def error_of(client: HttpxClient, url: str) -> Transient | Terminal:
    with pytest.raises((Transient, Terminal)) as caught:
        client.get(url, params={"bsn": "999990342"})
    error = caught.value
    assert_tells_nothing(str(error), "999990342", "geheim")
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    assert isinstance(error, Transient | Terminal)
    return error


def test_what_goes_along(source: HttpSource, client: HttpxClient) -> None:
    answer = client.get(f"{source.url}/lijst?a=1", params={"na": "x+y"}, headers={"accept": "a/b"})
    (asked,) = source.asked
    assert (asked.path, asked.query) == ("/lijst", {"a": "1", "na": "x+y"})
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["user-agent"].startswith("wijkbeeld/")
    assert asked.headers["accept"] == "a/b"
    assert asked.headers["accept-encoding"] == "gzip"
    assert (answer.status, answer.body) == (200, b'["/lijst"]')
    assert answer.where.endswith("/lijst")
    assert answer.server_time is not None
    assert abs(answer.server_time - datetime.now(UTC)) < timedelta(minutes=5)


def test_what_is_still_current_is_not_sent_again(source: HttpSource, client: HttpxClient) -> None:
    url = f"{source.url}/gewijzigd"
    first = client.get(url)
    assert (first.etag, first.last_modified) == ('"v1"', MODIFIED)
    for again in (
        client.get(url, etag=first.etag),
        client.get(url, last_modified=first.last_modified),
    ):
        assert (again.status, again.body) == (304, b"")
    assert client.get(url, etag='"v0"').status == 200


def test_a_304_that_nobody_asked_for_is_no_answer(source: HttpSource, client: HttpxClient) -> None:
    assert isinstance(error_of(client, f"{source.url}/bewaard"), Transient)


def test_a_redirect_on_the_same_host_is_followed(source: HttpSource, client: HttpxClient) -> None:
    assert client.get(f"{source.url}/verder").body == b'["/lijst"]'
    assert source.asked[-1].query == {"naar": "geheim"}


@pytest.mark.parametrize("path", ["/rond", "/nergens", "/elders"])
def test_other_redirects_stop_the_source(path: str, source: HttpSource, client: HttpxClient) -> None:
    assert isinstance(error_of(client, source.url + path), SourceRefused)


def test_the_token_goes_to_no_other_host(source: HttpSource, client: HttpxClient) -> None:
    with HttpSource(respond) as other:
        for url in (f"{other.url}/lijst", "https://elders.example/", "http://elders.example/", "x"):
            assert isinstance(error_of(client, url), SourceRefused)
        assert other.asked == []


def test_packed_answers(source: HttpSource, client: HttpxClient) -> None:
    assert client.get(f"{source.url}/ingepakt").body == b"[2]"
    assert isinstance(error_of(client, f"{source.url}/anders"), Transient)


def test_no_cookie_is_kept(source: HttpSource, client: HttpxClient) -> None:
    client.get(f"{source.url}/koekje")
    client.get(f"{source.url}/lijst")
    assert "cookie" not in source.asked[-1].headers


def test_no_content_is_no_answer(source: HttpSource, client: HttpxClient) -> None:
    assert isinstance(error_of(client, f"{source.url}/niets"), Transient)


def test_nothing_is_read_from_the_environment(
    source: HttpSource, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login jan password geheim\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with closing(made(source.url)) as client:
        assert client.get(f"{source.url}/lijst").status == 200
    assert source.asked[-1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_connection_that_the_source_closed_is_made_anew(
    source: HttpSource, client: HttpxClient
) -> None:
    for _ in range(3):
        source.misbehave(Misbehaviour.HANG_UP)
        assert isinstance(error_of(client, f"{source.url}/lijst"), Transient)
        assert client.get(f"{source.url}/lijst").status == 200


def test_the_token_is_in_no_log_and_no_repr(
    source: HttpSource, client: HttpxClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        client.get(f"{source.url}/lijst", params={"bsn": "999990342"})
        source.misbehave(Misbehaviour.UNAUTHORIZED)
        error_of(client, f"{source.url}/lijst")
    for text in (*caplog.messages, repr(client), repr(vars(client))):
        assert TOKEN not in text
        assert "999990342" not in text


# A source that is not there, or is not who it should be.


def test_nobody_answers() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with closing(made(url)) as client:
        error = error_of(client, f"{url}/lijst")
    assert isinstance(error, SourceUnavailable)
    assert "does not accept a connection" in str(error)


def test_a_name_that_nobody_knows() -> None:
    url = "https://bestaat-niet.invalid"
    with closing(made(url)) as client:
        error = error_of(client, f"{url}/lijst")
    assert isinstance(error, SourceUnavailable)
    assert "name of the host" in str(error)


def test_a_source_that_is_silent_after_accepting() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with closing(made(url, limits=Limits(read=0.2))) as client:
            error = error_of(client, f"{url}/lijst")
    assert "too long" in str(error)


@pytest.mark.parametrize("how", [Misbehaviour.SLOW_BODY, Misbehaviour.SLOW_HEADERS])
def test_a_source_that_drips_is_cut_over_tls_too(how: Misbehaviour, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with HttpSource(lambda asked: Page(bytes(100_000)), certificate=certificate) as source:
        limits = Limits(whole=1.0)
        with closing(made(source.url, limits=limits, ca_file=certificate.chain)) as client:
            source.misbehave(how)
            error = error_of(client, f"{source.url}/lijst")
            assert "too long" in str(error)
    assert isinstance(error, SourceUnavailable)


def test_an_answer_larger_than_allowed(source: HttpSource) -> None:
    with closing(made(source.url, limits=Limits(size=5))) as client:
        error = error_of(client, f"{source.url}/lijst")
    assert isinstance(error, SourceRefused)
    assert "more than 5 bytes" in str(error)


def over_tls(certificate: Certificate, ca_file: Path | None) -> bytes | Transient | Terminal:
    with (
        HttpSource(respond, certificate=certificate) as source,
        closing(made(source.url, ca_file=ca_file)) as client,
    ):
        try:
            return client.get(f"{source.url}/lijst").body
        except (Transient, Terminal) as error:
            assert source.asked == [], "the token went to somebody unknown"
            return error


def test_a_certificate_of_an_authority_that_is_given_is_trusted(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    assert over_tls(certificate, certificate.chain) == b'["/lijst"]'


@pytest.mark.parametrize("wrong", ["unknown", "expired", "other host"])
def test_a_certificate_that_is_not_trusted(wrong: str, tmp_path: Path) -> None:
    certificate = self_signed(
        tmp_path,
        host="elders.example" if wrong == "other host" else "127.0.0.1",
        valid_for=timedelta(days=-1) if wrong == "expired" else timedelta(days=1),
    )
    error = over_tls(certificate, None if wrong == "unknown" else certificate.chain)
    assert isinstance(error, SourceUnavailable)
    assert "certificate is not trusted" in str(error)


def test_https_at_a_port_that_speaks_http(source: HttpSource) -> None:
    url = source.url.replace("http://", "https://")
    with closing(made(url)) as client:
        assert "no TLS connection" in str(error_of(client, f"{url}/lijst"))


def test_wrong_settings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="must begin with https"):
        made("http://bron.example")
    no_pem = tmp_path / "geen.pem"
    no_pem.write_text("x", encoding="utf-8")
    for file in (no_pem, tmp_path / "weg.pem"):
        with pytest.raises(SettingsError, match="cannot be read as PEM"):
            made("https://bron.example", ca_file=file)


def test_nothing_there(source: HttpSource, client: HttpxClient) -> None:
    source.misbehave(Misbehaviour.NOT_FOUND)
    assert isinstance(error_of(client, f"{source.url}/lijst"), NotThere)


def transport_errors() -> list[type[httpx.TransportError]]:
    """Every error that httpx's transports raise."""
    return [
        kind
        for _, kind in inspect.getmembers(httpx, inspect.isclass)
        if issubclass(kind, httpx.TransportError)
    ]


@pytest.mark.parametrize("kind", transport_errors(), ids=lambda kind: kind.__name__)
def test_every_failure_of_the_library_has_its_words(kind: type[httpx.TransportError]) -> None:
    address = parse_address("https://bron.example/a?b=geheim")
    error = _failure(address, kind("geheim"))
    assert isinstance(error, Transient | Terminal)
    assert "geheim" not in str(error)
    assert str(error).startswith("bron.example/a: ")
    if kind not in (httpx.TransportError, httpx.ProxyError, httpx.ProtocolError, httpx.DecodingError):
        assert "request failed (" not in str(error), "nobody has put it into words"
