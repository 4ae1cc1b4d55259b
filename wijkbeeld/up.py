"""``wijkbeeld up``: everything on one machine, from an empty folder to a page that shows events."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from types import FrameType

from domain.errors import SettingsError, WarehouseUnavailable
from domain.topics import topic_specs
from ingest.broker import create_topics
from ingest.kind import SourceSpec
from wijkbeeld.access import load_or_create_credentials, write_access
from wijkbeeld.datadir import DataDir
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.kept_state import first_start, remember_sources
from wijkbeeld.kept_tables import Tables, TableWatch, drop_older_files, keep_tables
from wijkbeeld.logs import configure_logging
from wijkbeeld.observer import push_sources
from wijkbeeld.progress import Progress
from wijkbeeld.settings import Settings
from wijkbeeld.setup import prepare_warehouse
from wijkbeeld.sources.declared import declared_geocoder, declared_sources
from wijkbeeld.supervisor.endings import drain_line
from wijkbeeld.supervisor.plan import (
    ARCHIVE,
    GATEWAY,
    INGEST,
    PAGE,
    RECOMPUTE,
    WAREHOUSE,
    Plan,
    require_workers,
)
from wijkbeeld.supervisor.ports import LOOPBACK, free_port, require_port
from wijkbeeld.supervisor.rolling import require_budget
from wijkbeeld.supervisor.runfile import RunFile, end_leftovers
from wijkbeeld.supervisor.supervisor import Supervisor
from wijkbeeld.warehouse_access import writer_login

START_SECONDS = 60.0
TICK_SECONDS = 0.1


class Stopped(Exception):  # noqa: N818 - nothing went wrong
    """The person stopped it before everything ran."""


def run_up(settings: Settings, clickhouse_port: int, progress: Progress) -> None:
    """Run everything until Ctrl-C or SIGTERM, then drain and end.

    Args:
        settings: with an empty ``broker`` and ``clickhouse`` for our own.
        clickhouse_port: port of our own warehouse; 0 takes a free one.
        progress: shows the person how far it is.

    Raises:
        Terminal: it cannot run before a person changes something.
    """
    data_dir = DataDir(settings.data_dir.absolute())
    specs = declared_sources(settings)
    asks_geocoder = declared_geocoder(settings).enabled and any(spec.geocode for spec in specs)
    data_dir.prepare()
    configure_logging("up", data_dir.logs / "up.log")
    with data_dir.lock():
        end_leftovers(data_dir)
        plan = _plan(settings, data_dir, clickhouse_port, specs)
        _tell_tables(settings, plan, progress)
        for name in sorted(set(plan.push_sources) & {spec.name for spec in specs}):
            progress.line(
                f"source {name} is polled: what clients hand in for it is refused (docs/sources/push.md)"
            )
        if asks_geocoder:
            progress.line("the geocoder is on: it is asked for streets and postcodes of events")
        stop = _stop_on_signals()
        urls = {
            "page": plan.page_url,
            "clickhouse": plan.clickhouse_url,
            "gateway": plan.gateway_url,
        }
        if not plan.own_broker:
            urls["broker"] = settings.broker
        run_file = RunFile(data_dir, urls)
        supervisor = Supervisor(plan, run_file, _topic_maker(plan), progress.line)
        try:
            _start(plan, supervisor, progress, stop)
            _watch(plan, supervisor, progress, stop)
        except Stopped:
            progress.line("stopped before everything ran")
        finally:
            progress.line("stopping: draining what is under way")
            supervisor.stop()
            progress.line(f"drained: {drain_line(supervisor.drains)}")
            run_file.remove()
    progress.line("stopped")


def _plan(
    settings: Settings, data_dir: DataDir, clickhouse_port: int, specs: tuple[SourceSpec, ...]
) -> Plan:
    municipality = load_municipality(settings.gemeente)
    require_workers(settings.workers)
    require_budget(settings.broker_bytes)
    require_port(settings.page_port, "--port", settings.page_host)
    if settings.gateway_port:
        require_port(settings.gateway_port, "WIJKBEELD_GATEWAY_PORT", settings.gateway_host)
    if clickhouse_port:
        require_port(clickhouse_port, "--clickhouse-port")
    files = (settings.streets, settings.areas)
    tables = keep_tables(data_dir, settings.gemeente, municipality, *files)
    drop_older_files(data_dir)
    first_start(data_dir)
    pushed = push_sources(data_dir, settings)
    known = remember_sources(data_dir, [*(spec.name for spec in specs), *pushed])
    plan = Plan(
        settings,
        data_dir,
        clickhouse_port or free_port(),
        specs,
        known,
        tables.version,
        settings.gateway_port or free_port(),
        pushed,
    )
    return _with_tables(plan, tables)


def _with_tables(plan: Plan, tables: Tables) -> Plan:
    files = {"streets": tables.streets, "areas": tables.areas}
    settings = plan.settings.model_copy(update=files)
    return replace(plan, settings=settings, geo_v=tables.version)


def _tell_tables(settings: Settings, plan: Plan, progress: Progress) -> None:
    kept = plan.settings
    for option, given, file in (
        ("--streets", settings.streets, kept.streets),
        ("--areas", settings.areas, kept.areas),
    ):
        if given is None and file is not None:
            progress.line(f"goes on with what {option} gave last (remove tables/{file.name} to drop it)")


def _topic_maker(plan: Plan) -> Callable[[str], None]:
    specs = topic_specs(plan.known_sources)
    return lambda bootstrap: create_topics(bootstrap, specs)


def _start(plan: Plan, supervisor: Supervisor, progress: Progress, stop: threading.Event) -> None:
    if plan.own_warehouse:
        credentials = load_or_create_credentials(plan.data_dir.credentials)
        write_access(plan.data_dir.access, LOOPBACK, plan.clickhouse_port, credentials.reader_password)
    else:
        plan.data_dir.access.unlink(missing_ok=True)  # of a warehouse of our own, earlier
    progress.line("starting broker and warehouse")
    supervisor.start_warehouse()
    supervisor.start_part(PAGE)
    supervisor.start_part(GATEWAY)
    supervisor.start_broker()
    _wait_for("the broker", lambda: supervisor.topics_ready, supervisor, stop)
    supervisor.start_part(INGEST)
    for name in plan.streams:
        supervisor.start_part(name)
    if plan.own_warehouse:
        _wait_for_parts((WAREHOUSE,), supervisor, progress, stop)
    prepare = _table_maker(plan)
    _wait_for("ClickHouse", prepare, supervisor, stop)
    for name in plan.loaders:
        supervisor.start_part(name)
    supervisor.start_part(RECOMPUTE)
    supervisor.start_part(ARCHIVE)
    _wait_for_parts((PAGE, GATEWAY, *plan.needs_broker, RECOMPUTE), supervisor, progress, stop)
    if not stop.is_set():
        progress.address(plan.page_url)


def _table_maker(plan: Plan) -> Callable[[], bool]:
    settings = plan.settings.model_copy(
        update={"clickhouse": plan.clickhouse_url, "data_dir": plan.data_dir.root}
    )
    municipality = load_municipality(settings.gemeente)

    def make() -> bool:
        try:
            prepare_warehouse(writer_login(settings), municipality, settings.clickhouse_cluster)
        except WarehouseUnavailable:
            return False
        return True

    return make


def _wait_for_parts(
    parts: tuple[str, ...], supervisor: Supervisor, progress: Progress, stop: threading.Event
) -> None:
    waiting = list(parts)

    def all_ready() -> bool:
        for part in [part for part in waiting if supervisor.is_ready(part)]:
            waiting.remove(part)
            progress.line(f"{part} runs")
        return not waiting

    _wait_for(" and ".join(parts), all_ready, supervisor, stop)


def _wait_for(
    what: str, ready: Callable[[], bool], supervisor: Supervisor, stop: threading.Event
) -> None:
    """Keep an eye on the parts until ``ready``.

    Raises:
        Stopped: the person does not want to wait.
        SettingsError: it takes too long.
    """
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        supervisor.watch()
        if time.monotonic() > deadline:
            raise SettingsError(
                f"{what}: not ready within {START_SECONDS:.0f} s; see logs/ in the data dir"
            )
        if stop.wait(TICK_SECONDS / 2):
            raise Stopped


def _watch(plan: Plan, supervisor: Supervisor, progress: Progress, stop: threading.Event) -> None:
    tables = TableWatch(plan.data_dir)
    while not stop.wait(TICK_SECONDS):
        newer = tables.newer_than(plan.geo_v)
        if newer is not None:
            plan = _with_tables(plan, newer)
            supervisor.use(plan)
        supervisor.watch()
        progress.show(plan)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGHUP, on_signal)
    return stop
