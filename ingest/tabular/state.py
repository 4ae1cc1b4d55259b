"""What a watched folder remembers between polls; this, as JSON, is its cursor. No name, no value."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Literal

from pydantic import JsonValue, TypeAdapter, ValidationError

from domain.errors import SourceRefused
from ingest.protocol import Cursor
from ingest.tabular.folder import Stamp

VERSION = 1
"""Version of the cursor."""

MOST_REMEMBERED = 1_000
"""Deliveries that are recognised when they come again; older ones are read, and say nothing new."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The delivery in work.

    Attributes:
        stamp: tells its file from others.
        digest: keyed hash of its content.
        rows: rows that were read.
        rejects: bytes of its file of rejects that count.
        outcome: whether it was read to its end or refused; empty while it is being read.
    """

    stamp: Stamp
    digest: str
    rows: int = 0
    rejects: int = 0
    outcome: Literal["", "read", "refused"] = ""


@dataclass(frozen=True, slots=True)
class FolderState:
    """Place and memory.

    Attributes:
        taken: the delivery in work; None between deliveries.
        ended: digests of the last deliveries that were read to their end, oldest first.
        serial: highest serial number of a delivery that was accepted, where deliveries have one.
    """

    taken: Taken | None = None
    ended: tuple[str, ...] = field(default=())
    serial: int = 0
    version: int = VERSION

    def remembering(self, digest: str) -> tuple[str, ...]:
        """Return ``ended`` with one more."""
        return (*(d for d in self.ended if d != digest), digest)[-MOST_REMEMBERED:]


def to_cursor(state: FolderState) -> dict[str, JsonValue]:
    """Return a state as a cursor."""
    cursor: dict[str, JsonValue] = _adapter().dump_python(state, mode="json")
    return cursor


def from_cursor(cursor: Cursor | None, source: str) -> FolderState:
    """Return the state in a cursor; the beginning for None.

    Raises:
        SourceRefused: another version wrote it.
    """
    if cursor is None:
        return FolderState()
    try:
        state = _adapter().validate_python(dict(cursor))
    except ValidationError:
        state = None
    if state is None or state.version != VERSION:
        raise SourceRefused(
            f"{source}: the saved place is of another version; start with a new data folder"
        )
    return state


@cache  # building it takes longer than a poll
def _adapter() -> TypeAdapter[FolderState]:
    return TypeAdapter(FolderState)
