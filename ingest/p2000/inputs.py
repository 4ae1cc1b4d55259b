"""Where lines come from: what a file and a pipe have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

WINDOW_BYTES = 256 * 1024
"""Bytes read at a time."""

Mark = dict[str, JsonValue]
"""A place in an input, as JSON."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an input, without its line end.

    Attributes:
        start: offset of its first byte.
        end: offset behind its line end.
    """

    data: bytes
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """What an input has to give now.

    Attributes:
        lines: complete lines from the mark on.
        mark: the place where ``lines`` begin, in the input that they come from.
        more: there are more bytes behind ``lines`` already.
        ended: nothing will ever come behind ``lines``.
        size: bytes in the input, where that is known.
    """

    lines: Sequence[Line]
    mark: Mark
    more: bool
    ended: bool
    size: int | None = None


class LineInput(Protocol):
    """Gives lines from a mark on. Nothing is consumed by reading: the same mark gives the same lines."""

    def read(self, mark: Mark | None) -> Chunk:
        """Return what follows ``mark``; None stands for the beginning.

        Raises:
            Transient: not readable now.
            Terminal: not readable at all.
        """
        ...


def split_lines(data: bytes, start: int, *, final: bool) -> list[Line]:
    """Return the lines of ``data``, which begins at offset ``start``.

    Args:
        final: a last line without a line end is complete too.
    """
    lines: list[Line] = []
    position = 0
    while (newline := data.find(b"\n", position)) >= 0:
        lines.append(Line(data[position:newline].rstrip(b"\r"), start + position, start + newline + 1))
        position = newline + 1
    if final and position < len(data):
        lines.append(Line(data[position:].rstrip(b"\r"), start + position, start + len(data)))
    return lines
