"""What ``sources.toml`` may say of Signalen, and the source that it makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from domain.events import Slug
from domain.themes import Theme
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.http.address import SourceUrl
from ingest.protocol import Connector, Feed, Period, Source
from ingest.secret import SecretRef
from ingest.signalen.categories import load_categories
from ingest.signalen.connector import Range, SignalenConnector
from ingest.signalen.drafts import DraftMaker
from ingest.signalen.listing import Listing
from ingest.toml_table import TomlTable


class Settings(TomlTable):
    """The table of a Signalen source.

    Attributes:
        url: root of the API, such as ``https://api.meldingen.example``.
        token: where the token is kept of an account that may view meldingen of all categories.
        interval_seconds: between two rounds.
        overlap_minutes: how far each round goes back behind the latest change.
        page_size: meldingen in a page.
        history_days: how far back the backfill lane reads; 0 for not at all.
        categories: themes of sub-categories that the gemeente added itself, by slug.
    """

    url: SourceUrl
    token: SecretRef
    interval_seconds: Annotated[int, Field(ge=10, le=86_400)] = 60
    overlap_minutes: Annotated[int, Field(ge=1, le=1440)] = 10
    page_size: Annotated[int, Field(ge=10, le=500)] = 100
    history_days: Annotated[int, Field(ge=0, le=3650)] = 28
    categories: dict[Slug, Theme] = Field(default_factory=dict)


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source: live from the data directory's first start on, and the days before it.

    A past period is that in which meldingen were entered: they are read up to their last change.

    Args:
        name: of the source.
        settings: its table.
        context: what sources are built from.

    Raises:
        SettingsError: the token is not there or no header takes it, or a category is not one.
    """
    client = context.http.client(settings.url, context.secret(settings.token))
    categories = load_categories(settings.categories)
    drafts = DraftMaker(context.municipality, categories, context.keyed)
    listing = Listing(client, settings.url, settings.page_size)
    border = context.first_start
    interval = timedelta(seconds=settings.interval_seconds)
    overlap = timedelta(minutes=settings.overlap_minutes)
    live = Range(border - overlap, None, interval, overlap)
    feeds = [Feed(Lane.LIVE, SignalenConnector(listing, drafts, live))]
    if settings.history_days:
        start = border - timedelta(days=settings.history_days)
        history = Range(start, border, interval, overlap)
        feeds.append(Feed(Lane.BACKFILL, SignalenConnector(listing, drafts, history)))

    def backfill(period: Period) -> Connector:
        reach = Range(period.since, None, interval, overlap, entered=period)
        return SignalenConnector(listing, drafts, reach)

    return Source(name, tuple(feeds), backfill=backfill)
