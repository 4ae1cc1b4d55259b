"""Addresses of sources: what may be asked at all, and how an address is written in a message."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from pydantic import AfterValidator

_MOST_CHARACTERS = 4096
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Address:
    """A checked address.

    Attributes:
        url: the whole of it; its query may hold what no message may show.
        origin: scheme, host and port.
        where: host and path, for messages.
    """

    url: str = field(repr=False)
    origin: tuple[str, str, int]
    where: str

    def with_params(self, params: Mapping[str, str]) -> Address:
        """Return this address with ``params`` added to its query."""
        if not params:
            return self
        parts = urlsplit(self.url)
        query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *params.items()])
        return parse_address(urlunsplit(parts._replace(query=query)))

    def joined(self, location: str) -> Address:
        """Return the address that a redirect from here to ``location`` names.

        Raises:
            ValueError: it may not be asked; says why in words that hold nothing of it.
        """
        try:
            return parse_address(urljoin(self.url, location))
        except ValueError as error:
            raise ValueError(str(error) or "is no address") from None


def parse_address(url: str) -> Address:
    """Return the checked address in ``url``.

    Raises:
        ValueError: it may not be asked; says why in words that hold nothing of it.
    """
    if len(url) > _MOST_CHARACTERS or not url.isprintable() or " " in url:
        raise ValueError("is no address: too long, or with spaces or unprintable characters")
    parts, port = _split(url)
    host = (parts.hostname or "").lower()
    if parts.scheme not in _PORTS or not host:
        raise ValueError("is no address of the form https://host/path")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or a password")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError("must begin with https:// (http:// is for this machine only)")
    named = "" if port is None or port == _PORTS[parts.scheme] else f":{port}"
    return Address(
        url=urlunsplit(parts._replace(fragment="")),
        origin=(parts.scheme, host, port or _PORTS[parts.scheme]),
        where=f"{host}{named}{parts.path}",
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    # What urlsplit says of a bad port or host quotes it.
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is no address: its host or port cannot be read") from None
    return parts, port


def is_loopback(host: str) -> bool:
    """Return whether ``host`` is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _checked(url: str) -> str:
    return parse_address(url).url


SourceUrl = Annotated[str, AfterValidator(_checked)]
"""An address in the settings of a source."""
