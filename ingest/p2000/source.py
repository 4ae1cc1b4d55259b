"""Pages of P2000 as a kind of source."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

from pydantic import Field

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.kind import STDIN
from ingest.p2000.connector import p2000_feed
from ingest.p2000.opening import is_pipe, origin_of
from ingest.protocol import Connector, Feed, Period, Source
from ingest.toml_table import TomlTable
from ingest.within import Within


class Settings(TomlTable):
    """What a table of kind ``p2000`` may say.

    Attributes:
        file: an archive, a file that a receiver writes, a named pipe, or ``-`` for standard input.
    """

    file: Annotated[str, Field(min_length=1)]


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source of one file or pipe.

    Raises:
        SettingsError: the file is missing, unreadable or of no known layout, or the options contradict.
    """
    path = None if settings.file == STDIN else context.path(settings.file)
    connector = p2000_feed(
        path,
        municipality=context.municipality,
        keyed=context.keyed,
        speed=context.speed,
        as_live=context.as_live,
    )
    recording = context.speed is not None or context.as_live
    origin = origin_of(path, context.keyed, recording=recording)
    consumes = path is None or is_pipe(path)
    feeds = (Feed(Lane.LIVE, connector, origin, once=path is None, consumes=consumes),)
    return Source(name, feeds, backfill=_backfill(path, context))


def _backfill(path: Path | None, context: SourceContext) -> Callable[[Period], Connector] | None:
    """Return how the pages of a period are read; None for what cannot be read twice, or plays a part."""
    if path is None or is_pipe(path) or context.speed is not None or context.as_live:
        return None

    def backfill(period: Period) -> Connector:
        whole = p2000_feed(path, municipality=context.municipality, keyed=context.keyed, follow=False)
        return Within(whole, period)

    return backfill
