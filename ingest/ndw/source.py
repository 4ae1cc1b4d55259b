"""What ``sources.toml`` may say of the NDW feed, and the source that it makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.errors import SettingsError
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.http.address import SourceUrl
from ingest.ndw.connector import NdwConnector
from ingest.ndw.drafts import DraftMaker
from ingest.protocol import Feed, Source
from ingest.toml_table import TomlTable

URL = "https://opendata.ndw.nu/incidents.xml.gz"


class Settings(TomlTable):
    """The table of an NDW source.

    Attributes:
        url: of the feed of incidents.
        interval_seconds: between two requests.
    """

    url: SourceUrl = URL
    interval_seconds: Annotated[int, Field(ge=30, le=86_400)] = 60


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source.

    Args:
        name: of the source.
        settings: its table.
        context: what sources are built from.

    Raises:
        SettingsError: there are no polygons of the wijken, or the address cannot be used.
    """
    if context.holds is None:
        raise SettingsError(
            f"source '{name}': needs the polygons of the wijken to tell which roads are ours;"
            " wijkbeeld areas fetch"
        )
    connector = NdwConnector(
        context.http.client(settings.url),
        settings.url,
        DraftMaker(context.municipality, context.holds, context.keyed),
        context.keyed,
        timedelta(seconds=settings.interval_seconds),
    )
    return Source(name, (Feed(Lane.LIVE, connector),))
