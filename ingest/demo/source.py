"""The demo city as a kind of source."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated

from pydantic import Field

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.demo.connector import demo_history, demo_live, demo_period
from ingest.protocol import Feed, Source
from ingest.rhythm import Rhythm
from ingest.toml_table import TomlTable

RHYTHM = Rhythm(silent_after=timedelta(minutes=30), lateness=timedelta(hours=1))
"""Its pulses come every few seconds, so that half an hour without one is not chance. What it reports
later than an hour is late on purpose, as with real sources (docs/sources/demo.md).
"""


class Settings(TomlTable):
    """What a table of kind ``demo`` may say.

    Attributes:
        days: length of its history.
    """

    days: Annotated[int, Field(ge=1, le=3650)] = 365


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source: live, and its history beside it. The seed is the context's."""
    city = (context.seed, context.municipality, context.first_start)
    history = demo_history(*city, days=settings.days)
    feeds = (Feed(Lane.LIVE, demo_live(*city)), Feed(Lane.BACKFILL, history))
    return Source(name, feeds, backfill=partial(demo_period, context.seed, context.municipality))
