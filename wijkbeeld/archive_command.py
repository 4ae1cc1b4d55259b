"""``wijkbeeld archive``: the located events as Parquet files."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import DEFAULT_DATA_DIR, read_settings

if TYPE_CHECKING:
    from warehouse.archive.event_log import EventLog
    from warehouse.archive.filling import Day
    from warehouse.archive.folder import Folder
    from wijkbeeld.warehouse_access import Login

NOT_RUNNING_STATUS = 3
INCOMPLETE_STATUS = 2

archive_app = typer.Typer(help="The located events as Parquet files, by day.", no_args_is_help=True)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
FolderOption = Annotated[Path | None, typer.Option(help="Folder of the archive (DATA_DIR/archive).")]
FromOption = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day of receipt, UTC.")
]
UntilOption = Annotated[
    datetime | None,
    typer.Option("--until", formats=["%Y-%m-%d"], help="First day of receipt that is left out, UTC."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]


@archive_app.command("fill")
def archive_fill(
    since: FromOption = None,
    until: UntilOption = None,
    with_today: Annotated[
        bool, typer.Option("--with-today", help="Days that are not over, too.")
    ] = False,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Make the days equal to the log: what it no longer has is dropped, and "
            "damaged files are replaced.",
        ),
    ] = False,
    folder: FolderOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Write the days that are missing or behind; those that are complete stay as they are."""
    from warehouse.archive.config import SETTLE
    from warehouse.archive.filling import State, compare, fill_day, is_over

    with _opened(folder, data_dir) as (archive, log), archive.lock():
        now = datetime.now(UTC)
        wanted = {State.MISSING, State.BEHIND} | ({State.DAMAGED} if anew else set())
        days = [
            day
            for day in compare(archive, log.fingerprints())
            if _between(day.day, since, until)
            and (day.state in wanted or (anew and day.logged))
            and (with_today or is_over(day.day, now, SETTLE))
        ]
        progress = Console(stderr=True, highlight=False)
        written = [
            fill_day(archive, log, day.day, anew=anew)
            for day in track(days, "days", console=progress, disable=not progress.is_terminal)
        ]
    if as_json:
        sys.stdout.write(json.dumps([asdict(facts) for facts in written]) + "\n")
    else:
        rows = sum(facts.rows for facts in written)
        sys.stdout.write(f"{len(written)} days written, {rows:,} events in them\n")


@archive_app.command("status")
def archive_status(
    since: FromOption = None,
    until: UntilOption = None,
    thorough: Annotated[
        bool, typer.Option("--thorough", help="Read every file to its end, against its checksums.")
    ] = False,
    folder: FolderOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Compare the archive with the log, day by day.

    Ends with 2 when a day that is over is not complete.
    """
    from warehouse.archive.config import SETTLE
    from warehouse.archive.filling import State, compare, is_over

    with _opened(folder, data_dir) as (archive, log):
        days = [
            day
            for day in compare(archive, log.fingerprints(), thorough=thorough)
            if _between(day.day, since, until)
        ]
    if as_json:
        sys.stdout.write(json.dumps([asdict(day) for day in days]) + "\n")
    else:
        _print(days)
    now = datetime.now(UTC)
    lacking = [d for d in days if d.state is not State.COMPLETE and is_over(d.day, now, SETTLE)]
    sys.exit(INCOMPLETE_STATUS if lacking else 0)


def _print(days: list[Day]) -> None:
    table = Table("day (UTC)", "state", box=None, pad_edge=False)
    for name in ("archived", "in the log", "size"):
        table.add_column(name, justify="right")
    for day in days:
        size = f"{day.bytes / 1024**2:,.1f} MiB" if day.bytes else ""
        table.add_row(day.day, day.state.value, f"{day.archived:,}", f"{day.logged:,}", size)
    Console(highlight=False).print(table if days else "nothing is archived, and the log is empty")


def _between(day: str, since: datetime | None, until: datetime | None) -> bool:
    after = since is None or day >= since.date().isoformat()
    return after and (until is None or day < until.date().isoformat())


def _login(data_dir: DataDir) -> Login:
    from wijkbeeld.status import require_running
    from wijkbeeld.warehouse_access import reader_login, running_reader

    settings = read_settings()
    if settings.clickhouse and not data_dir.is_running():
        return reader_login(settings)
    require_running(data_dir)
    return running_reader(settings, data_dir)


@contextmanager
def _opened(folder: Path | None, root: Path) -> Iterator[tuple[Folder, EventLog]]:
    from warehouse.archive.event_log import EventLog
    from warehouse.archive.folder import Folder
    from warehouse.client import connect
    from wijkbeeld.status import NotRunningError

    data_dir = DataDir(root.absolute())
    try:
        login = _login(data_dir)
    except NotRunningError as error:
        sys.stderr.write(f"wijkbeeld: {error}\n")
        sys.exit(NOT_RUNNING_STATUS)
    client = connect(login.url, login.user, login.password, name="wijkbeeld-archive")
    try:
        yield Folder(folder or data_dir.archive), EventLog(client)
    finally:
        client.close()
