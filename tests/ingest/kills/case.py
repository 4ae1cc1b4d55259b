"""What a kill test needs to know of a kind of source."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Given:
    """A source that can be read.

    Attributes:
        settings: its table in ``sources.toml``, without the header; good in any folder.
        change: publishes something else than before, where a reader that comes late sees all of it.
    """

    settings: str
    change: Callable[[], None] | None = None


@dataclass(frozen=True)
class Case:
    """A kind of source.

    Attributes:
        polls: of each feed, after which there is no more.
        records: that come of it at least, with a receipt.
        give: makes the source, for the length of a ``with`` block; gets the folder that is read in.
    """

    polls: int
    records: int
    give: Callable[[Path], AbstractContextManager[Given]]
