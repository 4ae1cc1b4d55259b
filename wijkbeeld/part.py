"""One part as a process: settings from the environment, signals, log, and the room's entry function."""

from __future__ import annotations

import os
import signal
import sys
import threading
from types import FrameType

import structlog

from domain.errors import ResourceTaken, SettingsError, Terminal
from wijkbeeld.compose import PARTS
from wijkbeeld.logs import configure_logging
from wijkbeeld.part_health import watched
from wijkbeeld.settings import instance_name, read_settings
from wijkbeeld.supervisor.lifeline import Reporter, watch_lifeline

EXIT_SETTINGS = 78  # EX_CONFIG of sysexits.h
EXIT_TERMINAL = 70  # EX_SOFTWARE

log = structlog.get_logger("wijkbeeld.part")  # run as a program its own name is __main__


def run_part(name: str) -> int:
    """Run a part until it is told to stop; return the exit status of the process.

    Raises:
        SettingsError: there is no such part.
    """
    if name not in PARTS:
        raise SettingsError(f"part '{name}': no such part; choose from {', '.join(PARTS)}")
    reporter = Reporter(os.environ)
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    watch_lifeline(os.environ, stop.set)
    try:
        settings = read_settings()
        configure_logging(instance_name(name, settings.instance), settings.log_file)
        log.info("part_started")
        with watched(name, settings, reporter) as (on_ready, vitals):
            PARTS[name](settings, stop, on_ready, vitals)
    except (SettingsError, ResourceTaken) as error:
        # Only these messages are for a person to act on; both are ours and carry no value of a source.
        log.warning("part_refused", reason=type(error).__name__)
        reporter.fatal(str(error))
        sys.stderr.write(f"wijkbeeld: {name}: {error}\n")
        return EXIT_SETTINGS
    except Terminal:
        log.exception("part_failed")
        return EXIT_TERMINAL
    except Exception:
        # The text of an error that nobody expected may quote a record; its type and place do not.
        log.exception("part_broke")
        return EXIT_TERMINAL
    log.info("part_ended")
    return 0


if __name__ == "__main__":
    sys.exit(run_part(sys.argv[1]))
