"""The composition root: builds each part from the settings and runs it.

A part's imports stand in its function, so that a process loads only the room that it runs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from domain.areas import Municipality
from domain.errors import SettingsError, Transient
from domain.topics import topic_specs
from domain.vitals import Vitals
from wijkbeeld.access import READER, WRITER, load_or_create_credentials
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_state import first_start, read_data_file
from wijkbeeld.settings import STANDING_INCARNATION, Settings, instance_name
from wijkbeeld.warehouse_access import reader_login, writer_login

if TYPE_CHECKING:
    from streams.worker import StreamsConfig

SETUP_SECONDS = 60.0
Run = Callable[[Settings, threading.Event, Callable[[], None], Vitals], None]


def _warehouse(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], _vitals: Vitals
) -> None:
    from warehouse.exactness import READ_DEFAULTS
    from warehouse.restricted import HIDDEN_COLUMNS
    from warehouse.server import ServerConfig, User, serve

    data_dir = DataDir(settings.data_dir)
    credentials = load_or_create_credentials(data_dir.credentials)
    users = {
        WRITER: User.with_password(WRITER, credentials.writer_password, read_only=False),
        READER: User.with_password(
            READER, credentials.reader_password, read_only=True, databases=("default",)
        ),
    }
    port = urlsplit(settings.clickhouse).port or 0
    # Readers may not change settings, so what makes FINAL exact has to be the server's own default.
    config = ServerConfig(
        data_dir.clickhouse,
        users,
        port=port,
        default_settings=READ_DEFAULTS,
        hidden_columns=HIDDEN_COLUMNS,
    )
    serve(config, lambda _url: on_ready(), stop)


def _ingest(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from domain.clock import SystemClock
    from ingest.service import IngestConfig, run
    from ingest.sources import build_sources
    from wijkbeeld.budgets import load_budgets
    from wijkbeeld.source_states import source_states
    from wijkbeeld.sources.building import source_context
    from wijkbeeld.sources.declared import sources_of_a_part
    from wijkbeeld.supervisor.rolling import unconfirmed_bytes

    data_dir = DataDir(settings.data_dir)
    municipality = load_municipality(settings.gemeente)
    context = source_context(settings, municipality)
    specs = sources_of_a_part(settings)
    config = IngestConfig(
        outbox_path=data_dir.outbox,
        bootstrap=_broker(settings),
        incarnation=settings.incarnation,
        forgets=settings.broker_forgets,
        municipality=municipality,
        sources=build_sources(specs, context),
        clock=SystemClock(),
        keyed=context.keyed,
        unconfirmed=unconfirmed_bytes(settings.broker_bytes),
        budgets=load_budgets(settings.gemeente),
    )
    if any(spec.kind == "demo" for spec in specs):
        _write_truth(settings, municipality, data_dir)
    if not settings.clickhouse:
        run(config, stop, on_ready, vitals=vitals)
        return
    clustered = bool(settings.clickhouse_cluster)
    with closing(source_states(writer_login(settings), clustered=clustered)) as states:
        run(replace(config, publish=states.tell), stop, on_ready, vitals=vitals)


def _write_truth(settings: Settings, municipality: Municipality, data_dir: DataDir) -> None:
    from ingest.demo.connector import boundary_of
    from ingest.demo.truth import write_truth

    boundary = boundary_of(first_start(data_dir))
    year = timedelta(days=365)
    write_truth(data_dir.truth, settings.seed, municipality, boundary - year, boundary + year)


def _streams(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from streams.worker import run

    folder = DataDir(settings.data_dir).root / instance_name("faust", settings.instance)
    config = streams_config(settings, instance_name("streams", settings.instance), folder)
    config = replace(config, group=group_name("streams", settings.incarnation))
    run(config, stop, on_ready, vitals=vitals)


def streams_config(settings: Settings, name: str, folder: Path) -> StreamsConfig:
    """Return what a worker on raw topics needs to know; its consumer group has its own name.

    Args:
        name: of the worker.
        folder: for Faust.

    Raises:
        SettingsError: no broker is given, or a table cannot be read.
    """
    from streams.worker import StreamsConfig

    streets = read_data_file(settings.streets) if settings.streets else None
    return StreamsConfig(
        bootstrap=_broker(settings),
        group=group_name(name, settings.incarnation),
        sources=known_sources(settings),
        municipality=load_municipality(settings.gemeente),
        geo_v=settings.geo_v,
        folder=folder,
        client_id=f"wijkbeeld-{name}",
        streets_csv=None if streets is None else streets.decode("utf-8", "replace"),
        areas_geojson=read_data_file(settings.areas) if settings.areas else None,
    )


def _loader(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from warehouse.loader import LoaderConfig, run

    login = writer_login(settings)
    config = LoaderConfig(
        _broker(settings),
        group_name("loader", settings.incarnation),
        login.url,
        login.user,
        login.password,
        client_id=f"wijkbeeld-{instance_name('loader', settings.instance)}",
        clustered=bool(settings.clickhouse_cluster),
    )
    run(config, stop, on_ready, vitals=vitals)


def _recompute(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from warehouse.recompute import RecomputeConfig, run

    login = writer_login(settings)
    clustered = bool(settings.clickhouse_cluster)
    config = RecomputeConfig(login.url, login.user, login.password, clustered=clustered)
    run(config, stop, on_ready, vitals=vitals)


def _archive(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], _vitals: Vitals
) -> None:
    from warehouse.archive import ArchiveConfig, run

    login = reader_login(settings)
    folder = DataDir(settings.data_dir).archive
    run(ArchiveConfig(login.url, login.user, login.password, folder), stop, on_ready)


def _page(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from dashboards.page import PageConfig, run
    from wijkbeeld.observer import page_observer
    from wijkbeeld.system_state import system_state

    data_dir = DataDir(settings.data_dir)
    login = reader_login(settings)
    config = PageConfig(
        host=settings.page_host,
        port=settings.page_port,
        clickhouse_url=login.url,
        user=login.user,
        password=login.password,
        municipality=load_municipality(settings.gemeente),
        geojson=settings.areas,
        system_state=lambda: system_state(data_dir),
        observe=page_observer(settings, data_dir),
    )
    run(config, stop, on_ready, vitals=vitals)


def _gateway(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], vitals: Vitals
) -> None:
    from domain.clock import SystemClock
    from domain.privacy import find_personal
    from ingest.gateway import Contact, GatewayConfig, run
    from ingest.keys import KeyedHash, load_or_create_key
    from wijkbeeld.observer import ensure_observer
    from wijkbeeld.sources.declared import declared_sources

    data_dir = DataDir(settings.data_dir)
    municipality = load_municipality(settings.gemeente)
    clock = SystemClock()
    ensure_observer(data_dir, municipality, settings.gateway_key, clock)
    config = GatewayConfig(
        host=settings.gateway_host,
        port=settings.gateway_port,
        outbox_path=data_dir.outbox,
        store_path=data_dir.gateway,
        keyed=KeyedHash(load_or_create_key(data_dir.hash_key)),
        municipality=municipality,
        sources=frozenset(settings.push_source_names()),
        clock=clock,
        find_personal=find_personal,
        polled=frozenset(spec.name for spec in declared_sources(settings)),
        public_url=settings.gateway_public_url,
        contact=Contact(
            settings.gateway_contact_name, settings.gateway_contact_url, settings.gateway_contact_email
        ),
    )
    run(config, stop, on_ready, vitals=vitals)


def _setup(
    settings: Settings, stop: threading.Event, on_ready: Callable[[], None], _vitals: Vitals
) -> None:
    from ingest.broker import create_topics
    from wijkbeeld.setup import prepare_warehouse

    municipality = load_municipality(settings.gemeente)
    _patiently(lambda: create_topics(_broker(settings), topic_specs(known_sources(settings))), stop)
    cluster = settings.clickhouse_cluster
    _patiently(lambda: prepare_warehouse(writer_login(settings), municipality, cluster), stop)
    on_ready()


def _patiently(step: Callable[[], None], stop: threading.Event) -> None:
    deadline = time.monotonic() + SETUP_SECONDS
    while True:
        try:
            return step()
        except Transient:
            if time.monotonic() > deadline or stop.wait(1.0):
                raise


PARTS: Mapping[str, Run] = MappingProxyType(
    {
        "setup": _setup,
        "warehouse": _warehouse,
        "ingest": _ingest,
        "streams": _streams,
        "loader": _loader,
        "recompute": _recompute,
        "archive": _archive,
        "page": _page,
        "gateway": _gateway,
    }
)
"""Every part that can be run, and ``setup``, which prepares topics and tables once and ends."""


def known_sources(settings: Settings) -> tuple[str, ...]:
    """Return the names of all sources that have topics."""
    if settings.known_sources:
        names = tuple(name for name in settings.known_sources.split(",") if name)
    else:
        from wijkbeeld.sources.declared import declared_sources

        names = tuple(spec.name for spec in declared_sources(settings))
    return tuple(dict.fromkeys((*names, *settings.push_source_names())))


def group_name(part: str, incarnation: str) -> str:
    """Return the consumer group of a part in a life of the broker."""
    suffix = "" if incarnation == STANDING_INCARNATION else f"-{incarnation}"
    return f"wijkbeeld-{part}{suffix}"


def _broker(settings: Settings) -> str:
    if not settings.broker:
        raise SettingsError("WIJKBEELD_BROKER is empty: say where Kafka is, as host:port")
    return settings.broker
