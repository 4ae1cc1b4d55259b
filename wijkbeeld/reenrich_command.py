"""The command ``wijkbeeld reenrich``; its rooms are imported when it is called."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import DEFAULT_DATA_DIR, read_settings

if TYPE_CHECKING:
    from wijkbeeld.reenrich.reenriching import Outcome

NOT_RUNNING_STATUS = 3
BROKER_LOST_STATUS = 4
STOPPED_STATUS = 130
LOWER_PRIORITY = 5
"""Added to the niceness: on a machine that is busy, the parts that serve live events run first."""


def reenrich(
    streets: Annotated[
        Path | None, typer.Option(help="CSV file with streets or postcodes and their wijk.")
    ] = None,
    areas: Annotated[
        Path | None, typer.Option(help="GeoJSON file with the polygons of the wijken.")
    ] = None,
    data_dir: Annotated[
        Path,
        typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything."),
    ] = DEFAULT_DATA_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Bring new area or street tables into use, and place again what the raw topics still hold.

    Runs beside live events, which go first. Ctrl-C stops; the same command goes on. Without files it
    goes on with the tables in use.

    Exit status: 0 done, 1 an error, 3 nothing runs, 4 the broker was started again before the end, 130
    stopped.
    """
    from wijkbeeld.logs import configure_logging
    from wijkbeeld.reenrich.reenriching import Reenriching
    from wijkbeeld.reenrich.view import reenrich_view
    from wijkbeeld.running_system import require_system
    from wijkbeeld.status import NotRunningError

    settings = read_settings().model_copy(update={"data_dir": data_dir.absolute()})
    try:
        require_system(settings)
        os.nice(LOWER_PRIORITY)
        logs = DataDir(settings.data_dir).logs
        logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        configure_logging("reenrich", logs / "reenrich.log")
        with reenrich_view(Console(stderr=True, highlight=False)) as view:
            outcome = Reenriching(settings, view, _stop_on_signals()).run(
                streets and streets.absolute(), areas and areas.absolute()
            )
    except NotRunningError as error:
        if as_json:
            sys.stdout.write(json.dumps({"running": False}) + "\n")
        sys.stderr.write(f"wijkbeeld: {error}\n")
        sys.exit(NOT_RUNNING_STATUS)
    if as_json:
        sys.stdout.write(json.dumps(_report(outcome)) + "\n")
    else:
        _tell(outcome)
    sys.exit(_status(outcome))


def _report(outcome: Outcome) -> dict[str, object]:
    report: dict[str, object] = {
        "ending": str(outcome.ending),
        "geo_v": outcome.geo_v,
        "read": outcome.progress.read,
        "total": outcome.progress.total,
    }
    changes = outcome.reenriched
    if changes is None:
        return report
    return report | {
        "events": changes.events,
        "moved": changes.moved,
        "placed_before": changes.placed_before,
        "placed_after": changes.placed_after,
        "older": changes.older,
        "moves": [asdict(move) for move in changes.moves],
    }


def _tell(outcome: Outcome) -> None:
    from wijkbeeld.reenrich.reenriching import Ending
    from wijkbeeld.reenrich.view import print_changes

    came = f"{outcome.progress.read:,} of {outcome.progress.total:,} records read"
    if outcome.ending is Ending.STOPPED:
        sys.stdout.write(f"stopped: {came}; go on with: wijkbeeld reenrich\n")
    elif outcome.ending is Ending.BROKER_LOST:
        sys.stdout.write(
            f"the broker was started again: {came}; the raw records before are gone, and what they\n"
            "became stays as it is. What comes now is located with the tables in use.\n"
        )
    else:
        sys.stdout.write(f"done under tables version {outcome.geo_v}: {came}\n")
        if outcome.reenriched is not None:
            print_changes(Console(highlight=False), outcome.reenriched)


def _status(outcome: Outcome) -> int:
    from wijkbeeld.reenrich.reenriching import Ending

    return {Ending.DONE: 0, Ending.STOPPED: STOPPED_STATUS, Ending.BROKER_LOST: BROKER_LOST_STATUS}[
        outcome.ending
    ]


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return stop
