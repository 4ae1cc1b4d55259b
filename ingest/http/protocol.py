"""What a connector knows of HTTP: ask for a URL, get an answer or one of our errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from pydantic import SecretStr

from domain.errors import SourceRefused

_NOTHING: Mapping[str, str] = MappingProxyType({})


class NotThere(SourceRefused):
    """The source has nothing at this address (404, 410).

    Apart from other refusals because a page of a list may have gone while it was read, which only
    the connector can know.
    """


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A whole answer.

    Attributes:
        where: host and path that answered, for messages; never a query value.
        status: 200, or 304 when what was known is still current.
        body: decompressed; empty for 304.
        headers: names in lower case.
        etag, last_modified: to be handed to the next request as they are; None where the source gives
            none, or one that is no header of a sane size.
        server_time: what the source's clock said (``Date``), UTC; None when it did not.
    """

    where: str
    status: int
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    etag: str | None = None
    last_modified: str | None = None
    server_time: datetime | None = None


class HttpClient(Protocol):
    """Asks one source."""

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] = _NOTHING,
        headers: Mapping[str, str] = _NOTHING,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> HttpAnswer:
        """Return the whole answer of ``url``.

        Args:
            url: https (http on this machine only), at the host that the client was made for.
            params: added to the query of ``url``.
            headers: further headers.
            etag, last_modified: of an earlier answer; the answer is 304 if that is still current.

        Raises:
            Transient: not now; with ``retry_after`` where the source said how long.
            NotThere: there is nothing at this address.
            Terminal: the source refuses, and trying again cannot help.
        """
        ...


class HttpClientMaker(Protocol):
    """Makes the clients of sources."""

    def client(self, base_url: str, token: SecretStr | None = None) -> HttpClient:
        """Return a client for the host of an address, which gets the token with each request.

        Raises:
            SettingsError: the address or the token cannot be used.
        """
        ...
