"""The HTTP client of all pull connectors: httpx's transport and nothing unasked around it.

Not httpx's client, because that would follow redirects, keep cookies, read proxies and passwords from
the environment, and log each address with its query.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import httpx

from domain.clock import Clock
from domain.errors import SettingsError, SourceRefused, SourceUnavailable, WijkbeeldError
from ingest.http import statuses
from ingest.http.address import Address, parse_address
from ingest.http.bodies import BodyBroken, BodyTooLarge, gunzip, read_whole
from ingest.http.deadline import Deadline
from ingest.http.limits import Limits
from ingest.http.pace import HostPace
from ingest.http.protocol import HttpAnswer
from ingest.http.times import http_date, retry_after
from ingest.http.token import Token

_MOST_REDIRECTS = 3
# Longer ones are not remembered: they would stand in the cursor.
_MOST_VALIDATOR = 512


class HttpxClient:
    """Asks one host, one request at a time; see ``HttpClient``.

    Args:
        base_url: names the host that may be asked, and that alone gets the token.
        clock: our time, for a ``Retry-After`` of a source that has no clock.
        pace: how often a host may be asked; one for all clients, so that they share it.
        limits: of time and size.
        token: what the source knows us by.
        ca_file: certificates in PEM of an authority of the source's own, trusted beside the public ones.

    Raises:
        SettingsError: the address or the file of certificates is wrong.
    """

    def __init__(
        self,
        base_url: str,
        *,
        clock: Clock,
        pace: HostPace,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        token: Token | None = None,
        ca_file: Path | None = None,
    ) -> None:
        try:
            self._base = parse_address(base_url)
        except ValueError as error:
            raise SettingsError(f"address of a source: {error}; correct it") from None
        self._clock = clock
        self._pace = pace
        self._limits = limits
        self._token = token
        self._agent = f"wijkbeeld/{version('wijkbeeld')}"
        self._transport = httpx.HTTPTransport(
            verify=_trust(self._base.origin[0], ca_file),
            trust_env=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=10.0),
        )
        self._one_at_a_time = threading.Lock()
        self._socket: socket.socket | None = None

    def __repr__(self) -> str:
        return f"HttpxClient({self._base.where})"

    def close(self) -> None:
        """Give the connection back."""
        self._transport.close()

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = {},
        headers: Mapping[str, str] = {},
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> HttpAnswer:
        """See ``HttpClient``."""
        address = self._allowed(url, params)
        sent = self._headers(headers, etag, last_modified)
        with self._one_at_a_time:
            for _ in range(_MOST_REDIRECTS + 1):
                answer = self._ask(address, sent)
                if isinstance(answer, HttpAnswer):
                    return answer
                address = answer
        raise SourceRefused(
            f"{address.where}: redirects without end; correct the address of this source"
        )

    def _allowed(self, url: str, params: Mapping[str, str]) -> Address:
        try:
            address = parse_address(url).with_params(params)
        except ValueError as error:
            raise SourceRefused(f"{self._base.where}: a further address of it {error}") from None
        if address.origin != self._base.origin:
            raise SourceRefused(f"{self._base.where}: points to another host, which is not followed")
        return address

    def _headers(
        self, headers: Mapping[str, str], etag: str | None, last_modified: str | None
    ) -> dict[str, str]:
        sent = {"user-agent": self._agent, "accept-encoding": "gzip", **headers}
        if etag is not None:
            sent["if-none-match"] = etag
        if last_modified is not None:
            sent["if-modified-since"] = last_modified
        if self._token is not None:
            sent["authorization"] = self._token.header()
        return sent

    def _ask(self, address: Address, headers: Mapping[str, str]) -> HttpAnswer | Address:
        """Return an answer, or the address that the source redirects to."""
        self._pace.wait(address.origin[1])
        with Deadline(self._limits.whole, lambda: self._socket) as deadline:
            try:
                response = self._transport.handle_request(self._request(address, headers, deadline))
                try:
                    answer = self._read(address, headers, response)
                finally:
                    response.close()
            except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
                raise _timed_out(address) if deadline.passed else _failure(address, error) from None
            except (BodyTooLarge, BodyBroken) as error:
                raise _timed_out(address) if deadline.passed else self._unread(address, error) from None
            if deadline.passed:
                # Without a length, a body that was cut looks whole.
                raise _timed_out(address)
            return answer

    def _request(
        self, address: Address, headers: Mapping[str, str], deadline: Deadline
    ) -> httpx.Request:
        def trace(event: str, info: Mapping[str, object]) -> None:
            if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                stream = info["return_value"]
                self._socket = stream.get_extra_info("socket")  # type: ignore[attr-defined] # httpcore's
                deadline.check()

        limits = self._limits
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        return httpx.Request(
            "GET",
            address.url,
            headers=dict(headers),
            extensions={"timeout": timeout.as_dict(), "trace": trace},
        )

    def _read(
        self, address: Address, sent: Mapping[str, str], response: httpx.Response
    ) -> HttpAnswer | Address:
        status, headers = response.status_code, dict(response.headers.items())
        if status in statuses.REDIRECTS:
            return self._redirected(address, headers.get("location"))
        conditional = "if-none-match" in sent or "if-modified-since" in sent
        if status != statuses.OK and not (status == statuses.NOT_MODIFIED and conditional):
            server_time = http_date(headers.get("date"))
            wait = retry_after(headers.get("retry-after"), server_time, self._clock.now())
            raise statuses.failure(address.where, status, wait, with_token=self._token is not None)
        return HttpAnswer(
            where=address.where,
            status=status,
            body=self._body(address, headers, response) if status == statuses.OK else b"",
            headers=headers,
            etag=_validator(headers.get("etag")),
            last_modified=_validator(headers.get("last-modified")),
            server_time=http_date(headers.get("date")),
        )

    def _redirected(self, address: Address, location: str | None) -> Address:
        try:
            target = address.joined(location or "")
        except ValueError:
            target = None
        if target is None or target.origin != self._base.origin:
            raise SourceRefused(
                f"{address.where}: redirects to another host or without https, which is not followed;"
                " correct the address of this source"
            )
        return target

    def _body(self, address: Address, headers: Mapping[str, str], response: httpx.Response) -> bytes:
        parts = response.stream
        if not isinstance(parts, httpx.SyncByteStream):
            raise TypeError("a synchronous transport answers synchronously")
        encoding = headers.get("content-encoding", "identity").strip().lower()
        if encoding in ("gzip", "x-gzip"):
            return gunzip(parts, self._limits.size)
        if encoding != "identity":
            raise SourceUnavailable(f"{address.where}: packed in a way not asked for; tried again later")
        return read_whole(parts, self._limits.size)

    def _unread(self, address: Address, error: BodyTooLarge | BodyBroken) -> WijkbeeldError:
        if isinstance(error, BodyTooLarge):
            return SourceRefused(
                f"{address.where}: answers more than {self._limits.size} bytes; ask for less at once"
            )
        return SourceUnavailable(f"{address.where}: a packed answer is cut or broken; tried again later")


def _trust(scheme: str, ca_file: Path | None) -> ssl.SSLContext:
    if scheme != "https":
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and reads no files
    context = httpx.create_ssl_context(verify=True, trust_env=False)
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise SettingsError(
                f"certificates {ca_file}: cannot be read as PEM; give the file of the authority"
            ) from None
    return context


def _validator(text: str | None) -> str | None:
    return (
        text if text and len(text) <= _MOST_VALIDATOR and text.isascii() and text.isprintable() else None
    )


def _timed_out(address: Address) -> WijkbeeldError:
    return SourceUnavailable(f"{address.where}: takes too long to answer; tried again later")


def _failure(address: Address, error: Exception) -> WijkbeeldError:
    """Return what a failure of the transport comes to; its own text may quote the source."""
    causes = _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        what = "its certificate is not trusted; renew it, or give the certificate of its authority"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        what = "no TLS connection can be made; see what the source offers"
    elif any(isinstance(cause, socket.gaierror) for cause in causes):
        what = "the name of the host is not known; correct the address, or look at the network"
    elif isinstance(error, httpx.TimeoutException):
        return _timed_out(address)
    elif isinstance(error, httpx.ConnectError):
        what = "does not accept a connection; see whether the source is up"
    elif isinstance(error, httpx.RemoteProtocolError):
        what = "the answer is cut, or is no HTTP"
    elif isinstance(error, httpx.NetworkError):
        what = "the connection broke"
    elif isinstance(error, httpx.InvalidURL | httpx.UnsupportedProtocol | UnicodeError):
        return SourceRefused(f"{address.where}: is no address; correct the address of this source")
    elif isinstance(error, httpx.LocalProtocolError):
        return SourceRefused(f"{address.where}: the request cannot be sent; see the source's settings")
    else:
        what = f"the request failed ({type(error).__name__})"
    return SourceUnavailable(f"{address.where}: {what}; tried again later")


def _causes(error: BaseException | None) -> list[BaseException]:
    causes: list[BaseException] = []
    while error is not None and error not in causes:
        causes.append(error)
        error = error.__cause__ or error.__context__
    return causes
