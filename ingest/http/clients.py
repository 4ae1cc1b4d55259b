"""The HTTP clients of all sources, which share one pace per host."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import SecretStr

from domain.clock import Clock, SystemClock
from ingest.http.client import HttpxClient
from ingest.http.limits import Limits
from ingest.http.pace import HostPace
from ingest.http.protocol import HttpClient
from ingest.http.token import Token


@dataclass(frozen=True, slots=True)
class HttpClients:
    """See ``HttpClientMaker``.

    Attributes:
        clock: our time.
        pace: how often a host may be asked, whichever source asks.
    """

    clock: Clock = field(default_factory=SystemClock)
    pace: HostPace = field(default_factory=HostPace)

    def client(
        self,
        base_url: str,
        token: SecretStr | None = None,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> HttpClient:
        """See ``HttpClientMaker``.

        Args:
            base_url, token: as there.
            limits: of time and size of the answers.
        """
        known = Token(token) if token is not None else None
        return HttpxClient(base_url, clock=self.clock, pace=self.pace, limits=limits, token=known)
