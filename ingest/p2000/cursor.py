"""What a P2000 connector remembers as a cursor, and back; of one version each."""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol, TypeVar

from pydantic import JsonValue, TypeAdapter, ValidationError

from domain.errors import SourceRefused
from ingest.protocol import Cursor


class State(Protocol):
    """A dataclass with a default for each of its fields; its place and memory."""

    @property
    def version(self) -> int:
        """Of its form; the default is the one that is understood."""
        ...


S = TypeVar("S", bound=State)


def to_cursor(state: State) -> dict[str, JsonValue]:
    """Return a state as a cursor."""
    cursor: dict[str, JsonValue] = _adapter(type(state)).dump_python(state, mode="json")
    return cursor


def from_cursor(kind: type[S], cursor: Cursor | None) -> S:
    """Return the state in a cursor; the beginning for None.

    Raises:
        SourceRefused: another version wrote it.
    """
    beginning = kind()
    if cursor is None:
        return beginning
    try:
        state: S | None = _adapter(kind).validate_python(dict(cursor))
    except ValidationError:
        state = None
    if state is None or state.version != beginning.version:
        raise SourceRefused("p2000: the saved place is of another version; start with a new data folder")
    return state


@cache  # building it takes longer than a poll
def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
