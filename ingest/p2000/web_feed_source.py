"""A web feed of pages as a source: what its settings may say, and the source that they make."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.topics import Lane
from ingest.context import SourceContext
from ingest.http.address import SourceUrl
from ingest.p2000.grammar import Grammar
from ingest.p2000.web_feed import WebFeedConnector
from ingest.protocol import Feed, Source
from ingest.toml_table import TomlTable


class Settings(TomlTable):
    """What the table of a web feed in ``sources.toml`` may say.

    Attributes:
        url: of the RSS or Atom feed.
        interval: seconds between two requests.
        local_times: the feed writes the clock of Amsterdam and calls it another zone.
    """

    url: SourceUrl
    interval: Annotated[int, Field(ge=10, le=3600)] = 30
    local_times: bool = False


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source of a web feed.

    Args:
        name: of the source, apart from a receiver's: both give every page an id of its own.
        settings: of its table.
        context: what sources are built from.

    Raises:
        SettingsError: the address cannot be used.
    """
    keyed = context.keyed
    connector = WebFeedConnector(
        context.http.client(settings.url),
        settings.url,
        Grammar(context.municipality),
        keyed,
        timedelta(seconds=settings.interval),
        local_times=settings.local_times,
    )
    return Source(name, (Feed(Lane.LIVE, connector, origin=keyed.id("p2000-feed", settings.url)),))
