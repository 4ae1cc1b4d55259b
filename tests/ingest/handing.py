"""A context whose sources get a client of the test."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import SecretStr

from ingest.context import SourceContext
from ingest.http.protocol import HttpClient
from ingest.secret import SecretReader, SecretRef

TOKEN_REF = SecretRef(env="SOURCE_TOKEN")


@dataclass(frozen=True, slots=True)
class Handing:
    """Hands out one client, whoever asks."""

    given: HttpClient

    def client(self, base_url: str, token: SecretStr | None = None) -> HttpClient:
        return self.given


def context_with(context: SourceContext, client: HttpClient, token: str) -> SourceContext:
    """Return the context with this client, and with ``token`` where ``TOKEN_REF`` points to."""
    return replace(context, http=Handing(client), secrets=SecretReader({"SOURCE_TOKEN": token}))
