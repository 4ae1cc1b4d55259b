"""The client that this machine is at its own gateway: team observations, by page and by command."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

from domain.areas import Municipality
from domain.clock import Clock, SystemClock
from domain.errors import SettingsError
from domain.events import source_urn
from domain.themes import Theme
from ingest.gateway.clients import Client, key_from, sources_of
from ingest.gateway.store import ClientStore
from ingest.keys import KeyedHash, load_or_create_key
from ingest.observations.form import CATEGORY, SOURCE, Observation
from ingest.observations.sending import Observer
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.settings import Settings

CLIENT = "wijkteam"


def open_store(data_dir: DataDir) -> ClientStore:
    """Return the clients of this data directory.

    Raises:
        SettingsError: the folder cannot be written.
    """
    return ClientStore(data_dir.gateway, KeyedHash(load_or_create_key(data_dir.hash_key)))


def push_sources(data_dir: DataDir, settings: Settings) -> tuple[str, ...]:
    """Return the sources that are handed in here: those of the settings and those of the clients."""
    with open_store(data_dir) as store:
        clients = [client for client, _ in store.clients()]
    return tuple(dict.fromkeys((*settings.push_source_names(), *sources_of(clients))))


def ensure_observer(data_dir: DataDir, municipality: Municipality, key: str, clock: Clock) -> None:
    """Make the client for team observations, and its key, where they are not there yet.

    Args:
        data_dir: keeps both.
        municipality: whose observations they are.
        key: what the settings give as its key; empty to make one and keep it in the data directory.
        clock: gives the time.

    Raises:
        SettingsError: the key of the settings is too short, or the folder cannot be written.
    """
    client = Client(
        name=CLIENT,
        source=SOURCE,
        urn=source_urn(municipality.slug, SOURCE),
        themes=tuple(Theme),
        categories=(CATEGORY,),
        rate=5.0,
        burst=20,
    )
    now = clock.now()
    with open_store(data_dir) as store:
        if key:
            store.adopt(client, key_from(key), now)
        elif not data_dir.observer_key.is_file():
            there = any(known.name == CLIENT for known, _ in store.clients())
            issued = store.rotate(CLIENT, timedelta(0), now) if there else store.add(client, now)
            _keep(data_dir, issued.key)


def _keep(data_dir: DataDir, key: str) -> None:
    path = data_dir.observer_key
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(key + "\n")
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"key file {path}: {error.strerror}; choose a writable folder") from error


def observer_of(settings: Settings, data_dir: DataDir, url: str, municipality: Municipality) -> Observer:
    """Return what sends observations to the gateway at ``url``.

    Raises:
        SettingsError: there is no key.
    """
    key = settings.gateway_key and key_from(settings.gateway_key)
    if not key:
        try:
            key = data_dir.observer_key.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(
                f"key file {data_dir.observer_key}: {error.strerror}; set WIJKBEELD_GATEWAY_KEY"
            ) from error
    return Observer(url, key, municipality.slug, SystemClock())


def page_observer(settings: Settings, data_dir: DataDir) -> Callable[[Observation], bool] | None:
    """Return what the page does with an observation; None where no gateway is named."""
    if not settings.gateway:
        return None
    municipality = load_municipality(settings.gemeente)

    def observe(observation: Observation) -> bool:
        # The key is read each time: the gateway may make it after the page has started.
        return observer_of(settings, data_dir, settings.gateway, municipality).send(observation)

    return observe
