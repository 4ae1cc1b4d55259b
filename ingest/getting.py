"""The little that asking a public service for one document takes of an HTTP client."""

from __future__ import annotations

from typing import Protocol


class Answer(Protocol):
    """What came back."""

    @property
    def body(self) -> bytes:
        """The document."""
        ...


class Getter(Protocol):
    """Asks for documents, bounded in time and size."""

    def get(self, url: str) -> Answer:
        """Return the document at ``url``, an address with its query.

        Raises:
            Transient: not now; says how long to wait where the other side told.
            Terminal: asking again cannot help.
        """
        ...
