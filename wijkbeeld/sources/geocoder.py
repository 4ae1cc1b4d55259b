"""The geocoder of a municipality as a person sees it: whether it answers, and what it holds."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

from domain.areas import Municipality
from domain.errors import Terminal, Transient
from ingest.geocoding.cache import count_answers
from ingest.geocoding.feed import waiting_in
from ingest.geocoding.settings import LIMITS
from ingest.http.clients import HttpClients
from ingest.outbox import feeds
from ingest.outbox.schema import OutboxNotReady, open_for_reading
from ingest.pdok.locatieserver import Locatieserver
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.sources.declared import declared_geocoder


@dataclass(frozen=True, slots=True)
class ListedGeocoder:
    """A geocoder that is turned on.

    Attributes:
        answers: questions of which the answer is kept.
        found: those of them that have a wijk.
        waiting: events that go on without a wijk until it answers.
    """

    answers: int
    found: int
    waiting: int


@dataclass(frozen=True, slots=True)
class CheckedGeocoder:
    """A geocoder that is turned on and was asked.

    Attributes:
        error: why it did not answer as it should; None when it did.
    """

    error: str | None


def list_geocoder(settings: Settings) -> ListedGeocoder | None:
    """Return what the geocoder holds; None where it is turned off.

    Raises:
        SettingsError: ``sources.toml`` is wrong.
        Transient, OutboxFailed: the outbox cannot be read.
    """
    if not declared_geocoder(settings).enabled:
        return None
    data_dir = DataDir(settings.data_dir)
    answers, found = count_answers(data_dir.geocoded)
    return ListedGeocoder(answers, found, _waiting(data_dir))


def check_geocoder(settings: Settings, municipality: Municipality) -> CheckedGeocoder | None:
    """Ask the geocoder for an address of the gemeente, none of ours; None where it is turned off.

    Raises:
        SettingsError: ``sources.toml`` is wrong.
    """
    declared = declared_geocoder(settings)
    if not declared.enabled:
        return None
    web = HttpClients().client(declared.url, limits=LIMITS)
    try:
        Locatieserver(web, municipality.code, base_url=declared.url).check(municipality.name)
    except (Transient, Terminal) as error:
        return CheckedGeocoder(str(error))
    return CheckedGeocoder(None)


def _waiting(data_dir: DataDir) -> int:
    if not data_dir.outbox.is_file():
        return 0
    try:
        db = open_for_reading(data_dir.outbox)
    except OutboxNotReady:
        return 0
    with closing(db):
        return sum(waiting_in(cursor) for cursor in feeds.cursors(db))
