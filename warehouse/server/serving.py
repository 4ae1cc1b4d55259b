"""Start and stop of the local server."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import structlog
import uvicorn

from domain.errors import SettingsError, Terminal
from warehouse.server.config import ServerConfig
from warehouse.server.errors import ClickHouseError, DataDirTaken, EngineError, PortTaken

_BACKLOG = 128
_KEEP_ALIVE_SECONDS = 75
_LONGEST_HEAD_BYTES = 1 << 20
_LOOK_SECONDS = 0.2


class Stop(Protocol):
    """What says that the server shall end; a ``threading.Event`` or its like."""

    def wait(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds and say whether it was set."""
        ...


def serve(config: ServerConfig, ready: Callable[[str], None], stop: Stop) -> None:
    """Serve ClickHouse's HTTP protocol on a loopback address until ``stop`` is set.

    Then no new request is taken, running ones have ``config.limits.drain_seconds`` and are cancelled
    after that, and the engine is closed.

    Args:
        config: see there.
        ready: called once with the server's address, ``http://host:port``, when it answers.
        stop: looked at five times a second.

    Raises:
        DataDirTaken: another server has the data folder.
        PortTaken: another program has the port.
        SettingsError: the folder cannot be made or written.
        Terminal: the engine cannot open its data.
    """
    log = structlog.get_logger(__name__)
    with _locked(config.data_dir), _listening(config.host, config.port) as listener:
        # Imported here, because loading the engine takes most of a second and half a gigabyte of file.
        from warehouse.server.app import App
        from warehouse.server.engine import Engine

        try:
            engine = Engine(
                config.data_dir / "engine",
                config.data_dir / "config",
                config.users,
                config.default_settings,
                config.hidden_columns,
            )
        except (EngineError, ClickHouseError) as error:
            raise Terminal(
                f"the warehouse cannot open its data in {config.data_dir}, code {error.code}: "
                "check that it is writable and was not made by a newer version"
            ) from None
        app = App(engine, config.users, config.limits)
        try:
            host, port = listener.getsockname()[:2]
            url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
            _run(app, listener, engine.cancel_all, config, lambda: ready(url), stop)
        finally:
            app.close()
            engine.close()
    log.info("warehouse_closed")


def _run(
    app: Callable[..., object],
    listener: socket.socket,
    cancel_all: Callable[[], None],
    config: ServerConfig,
    ready: Callable[[], None],
    stop: Stop,
) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            lifespan="off",
            ws="none",
            http="h11",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            date_header=False,
            backlog=_BACKLOG,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            h11_max_incomplete_event_size=_LONGEST_HEAD_BYTES,
        )
    )
    # In a thread of its own uvicorn leaves the signals of the process to whoever set ``stop``.
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="http")
    thread.start()
    try:
        while thread.is_alive() and not server.started:
            time.sleep(0.005)
        ready()
        while not stop.wait(_LOOK_SECONDS):
            if not thread.is_alive():
                raise Terminal("the warehouse's HTTP server ended by itself: see its log")
    finally:
        server.should_exit = True
        thread.join(config.limits.drain_seconds)
        while thread.is_alive():
            cancel_all()
            server.force_exit = True
            thread.join(_LOOK_SECONDS)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the data folder; the lock goes with the process, however it ends."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise SettingsError(
            f"the warehouse cannot write its folder {folder} ({error.strerror}): check path and rights"
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise DataDirTaken(
            f"another warehouse server has {folder} open: stop it, or take another data folder"
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise SettingsError(f"the warehouse cannot use the address {host} ({error.strerror})") from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen(_BACKLOG)
        except OSError as error:
            raise PortTaken(
                f"the warehouse cannot listen on {host}:{port} ({error.strerror}): choose another port"
            ) from None
        yield listener
