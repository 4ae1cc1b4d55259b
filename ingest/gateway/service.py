"""The part `gateway`: serves the interface until it is told to stop."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import structlog
import uvicorn

from domain.errors import ResourceTaken, Terminal
from domain.vitals import Drained, Vitals
from ingest.gateway.admitting import Admission
from ingest.gateway.app import App
from ingest.gateway.config import GatewayConfig
from ingest.gateway.documents import ASYNCAPI, OPENAPI, asyncapi, openapi
from ingest.gateway.door import Door
from ingest.gateway.handling import Services
from ingest.gateway.measuring import DoorMeter, RequestMeter
from ingest.gateway.rates import Rates
from ingest.gateway.store import ClientStore
from ingest.outbox.lease import FileLease
from ingest.outbox.shared import SharedOutbox

_BACKLOG = 512
# Longer than clients keep an idle connection, so that theirs is not the request that finds it closed.
_KEEP_ALIVE_SECONDS = 75
# Together below what the supervisor gives a part for its drain.
_DRAIN_SECONDS = 1
_DOOR_SECONDS = 0.8


def run(
    config: GatewayConfig,
    stop: threading.Event,
    on_ready: Callable[[], None],
    vitals: Vitals | None = None,
) -> None:
    """Serve until ``stop``; requests under way are answered, for at most 1 s.

    Ingest may come, go and come back meanwhile: what is taken in lies in its outbox.

    Args:
        config: what it needs.
        stop: ends it.
        on_ready: called once, when clients can connect.
        vitals: is told how it does.

    Raises:
        SettingsError: a folder cannot be written, or a file is of another version.
        ResourceTaken: the port is taken, or another gateway works on this folder.
        OutboxFailed: a file is damaged.
        Transient: the outbox cannot be opened now.
        Terminal: the web server ended by itself.
    """
    vitals = vitals or Vitals()
    with _listening(config.host, config.port) as listener:
        lease = FileLease(_lock_of(config.store_path), holder="gateway")
        try:
            store = ClientStore(config.store_path, config.keyed)
            outbox = SharedOutbox(config.outbox_path, config.keyed, config.municipality.slug)
            try:
                outbox.register(sorted(config.sources - config.polled))
                _Gateway(config, store, outbox, vitals).run(listener, stop, on_ready)
            finally:
                outbox.close()
                store.close()
        finally:
            lease.release()


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


@dataclass
class _Gateway:
    config: GatewayConfig
    store: ClientStore
    outbox: SharedOutbox
    vitals: Vitals
    failures: list[BaseException] = field(default_factory=list)

    def run(self, listener: socket.socket, stop: threading.Event, on_ready: Callable[[], None]) -> None:
        door = Door(self.outbox, self.config.clock, self.config.limits, DoorMeter(self.vitals))
        server = uvicorn.Server(_how_to_serve(self._app(door)))
        ending = threading.Event()
        # In a thread of its own uvicorn leaves the process's signal handlers alone.
        serving = threading.Thread(target=server.run, args=([listener],), name="gateway", daemon=True)
        writing = threading.Thread(target=self._write, args=(door, ending), name="door", daemon=True)
        writing.start()
        serving.start()
        try:
            self._watch(server, serving, stop, on_ready)
        finally:
            server.should_exit = True
            serving.join(timeout=_DRAIN_SECONDS + 0.5)
            ending.set()
            writing.join(timeout=_DOOR_SECONDS)
            self.vitals.drained(Drained(door.waiting))
        if self.failures:
            raise self.failures[0]

    def _write(self, door: Door, ending: threading.Event) -> None:
        try:
            door.run(ending)
        except BaseException as error:  # noqa: BLE001 - handed to the main thread, which raises it
            self.failures.append(error)

    def _watch(
        self,
        server: uvicorn.Server,
        serving: threading.Thread,
        stop: threading.Event,
        on_ready: Callable[[], None],
    ) -> None:
        while serving.is_alive() and not server.started:
            time.sleep(0.005)
        if server.started:
            structlog.get_logger(__name__).info("gateway_ready")
            on_ready()
        while serving.is_alive() and not self.failures and not stop.wait(0.1):
            pass
        if not serving.is_alive() and not stop.is_set():
            raise Terminal("gateway: the web server ended by itself; see the log of this part")

    def _app(self, door: Door) -> App:
        config = self.config
        services = Services(
            store=self.store,
            store_lock=threading.Lock(),
            keyed=config.keyed,
            rates=Rates(time.monotonic),
            admission=Admission(config.keyed, config.find_personal),
            door=door,
            sources=config.sources,
            polled=config.polled,
            clock=config.clock,
            limits=config.limits,
        )
        about = (config.municipality.name, config.public_url, config.contact)
        documents = {OPENAPI: orjson.dumps(openapi(*about)), ASYNCAPI: orjson.dumps(asyncapi(*about))}
        return App(services, documents, RequestMeter(self.vitals))


def _how_to_serve(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        lifespan="off",
        ws="none",
        http="h11",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_DRAIN_SECONDS,
    )


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens at the address, so that a taken port is told in one line."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ResourceTaken(
            f"gateway: cannot listen at {host}:{port} ({error.strerror});"
            " choose another port (WIJKBEELD_GATEWAY_PORT)"
        ) from None
    return listener
