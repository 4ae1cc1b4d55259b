"""What a line of an input is: a page, something to count, or garbage."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import structlog

from ingest.p2000.head import Service


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it was sent.

    Attributes:
        moment: when it was sent, UTC.
        text: as received.
        service: as an archive names it, or the one of all its receivers; None where neither tells.
    """

    moment: datetime
    text: str
    service: Service | None = None


@dataclass(frozen=True, slots=True)
class NotText:
    """A line of the paging stream that carries no text message."""


@dataclass(frozen=True, slots=True)
class Garbage:
    """A line that cannot be read; ``field`` names what was wrong with it."""

    field: str


def unexpected(error: Exception) -> Garbage:
    """Return what a line is on which our own code failed; only the error's type is logged."""
    structlog.get_logger(__name__).error("record_failed", source="p2000", error=type(error).__name__)
    return Garbage("unexpected")


@dataclass(frozen=True, slots=True)
class Nothing:
    """A line that stands for no record: empty, a header, a part that was already used."""


Content = Page | NotText | Garbage | Nothing


@dataclass(frozen=True, slots=True)
class Record:
    """A line with what it is.

    Attributes:
        start, end: where the line lies in its input.
        data: its bytes, for the keyed hash of what cannot be read.
    """

    content: Content
    start: int
    end: int
    data: bytes
