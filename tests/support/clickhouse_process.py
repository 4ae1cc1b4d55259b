"""The local warehouse server as a program of its own, for tests: reads its settings from its first
line of standard input, writes its address to standard output, and ends on SIGTERM or when standard input
closes, so that it never outlives the test that started it."""

from __future__ import annotations

import json
import signal
import sys
import threading
from pathlib import Path

from domain.errors import Terminal
from warehouse.server import Limits, ServerConfig, User, serve
from wijkbeeld.logs import configure_logging


def main() -> int:
    """Serve until told to stop; one line on standard error and status 2 when it cannot."""
    given = json.loads(sys.stdin.readline())
    configure_logging("warehouse", Path(given["log_file"]))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    threading.Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
    users = [
        User.with_password(
            user["name"],
            user["password"],
            read_only=user["read_only"],
            databases=tuple(user["databases"]),
        )
        for user in given["users"]
    ]
    try:
        config = ServerConfig(
            data_dir=Path(given["data_dir"]),
            users={user.name: user for user in users},
            host=given["host"],
            port=given["port"],
            limits=Limits(**given["limits"]),
            default_settings=given["default_settings"],
            hidden_columns={table: frozenset(names) for table, names in given["hidden_columns"].items()},
        )
        serve(config, lambda url: print(url, flush=True), stop)  # noqa: T201 - the parent reads it
    except Terminal as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 2
    return 0


def _stop_with_parent(stop: threading.Event) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    sys.exit(main())
