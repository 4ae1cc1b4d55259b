"""A web feed of pages as a source: what its settings may say, and the source that they make."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from domain.areas import Municipality
from domain.topics import Lane
from ingest.keys import KeyedHash
from ingest.p2000.grammar import Grammar
from ingest.p2000.web_feed import Client, WebFeedConnector
from ingest.protocol import Feed, Source


class Settings(BaseModel):
    """What the table of a web feed in ``sources.toml`` may say.

    Attributes:
        url: of the RSS or Atom feed.
        interval: seconds between two requests.
        local_times: the feed writes the clock of Amsterdam and calls it another zone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    url: Annotated[str, Field(pattern=r"^https?://")]
    interval: Annotated[int, Field(ge=10, le=3600)] = 30
    local_times: bool = False


def build(
    name: str, settings: Settings, *, municipality: Municipality, keyed: KeyedHash, client: Client
) -> Source:
    """Return the source of a web feed.

    Args:
        name: of the source, apart from a receiver's: both give every page an id of its own.
        settings: of its table.
        municipality: whose pages are ours.
        keyed: makes identities.
        client: asks the host of the feed.
    """
    connector = WebFeedConnector(
        client,
        settings.url,
        Grammar(municipality),
        keyed,
        timedelta(seconds=settings.interval),
        local_times=settings.local_times,
    )
    return Source(name, (Feed(Lane.LIVE, connector, origin=keyed.id("p2000-feed", settings.url)),))
