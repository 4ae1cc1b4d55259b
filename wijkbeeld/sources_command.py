"""``wijkbeeld sources``: list, check, poll, pause, resume the sources, or read a past period of one."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from domain.clock import SystemClock
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir
from wijkbeeld.logs import configure_logging
from wijkbeeld.pausing import pause_by_hand, resume_paused
from wijkbeeld.settings import DEFAULT_DATA_DIR, Settings, join_sources, read_settings

if TYPE_CHECKING:
    from ingest.outbox.requests import Request
    from ingest.protocol import Period

FAILED_STATUS = 1
RUN_PATIENCE = timedelta(seconds=60)

app = typer.Typer(
    help="Sources: what is read, how it goes, and what to do about it (docs/sources.md).",
    no_args_is_help=True,
)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
NameArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Its name.")]
DeclaredOption = Annotated[
    list[str] | None,
    typer.Option("--source", help="As for 'up': in place of the sources of sources.toml."),
]


@app.command("list")
def list_(
    source: DeclaredOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Show each source: state, rhythm, last success, lag, next poll, complete until (Amsterdam).

    Rhythm is the longest silence that is declared for it, or 'learned' from its own past.
    Lag is the time since its last new live record.
    """
    from wijkbeeld.sources import view
    from wijkbeeld.sources.declared import declared_sources
    from wijkbeeld.sources.geocoder import list_geocoder
    from wijkbeeld.sources.listing import list_sources

    settings = _settings(data_dir, source)
    now = SystemClock().now()
    found = list_sources(declared_sources(settings), DataDir(settings.data_dir), now)
    geocoder = list_geocoder(settings)
    if as_json:
        listed = [view.as_json(source) for source in found]
        _print_json({"sources": listed, "geocoder": geocoder and view.as_json(geocoder)})
    else:
        console = Console(highlight=False)
        view.print_sources(found, now, console)
        view.print_geocoder(geocoder, console)


@app.command()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="Only this one; all without.")
    ] = None,
    source: DeclaredOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Validate settings, poll once and count what would come in. Writes nothing; shows no values.

    Exit status 1 says that a source could not be polled, or the geocoder not be asked.
    """
    from wijkbeeld.gemeenten import load_municipality
    from wijkbeeld.sources import view
    from wijkbeeld.sources.building import dry_context, require_declared
    from wijkbeeld.sources.checking import check_source
    from wijkbeeld.sources.declared import declared_sources
    from wijkbeeld.sources.geocoder import check_geocoder

    settings = _settings(data_dir, source)
    specs = (require_declared(settings, name),) if name else declared_sources(settings)
    municipality = load_municipality(settings.gemeente)
    context = dry_context(settings, municipality)
    folder = DataDir(settings.data_dir)
    checked = [check_source(spec, context, folder, SystemClock()) for spec in specs]
    geocoder = check_geocoder(settings, municipality)
    if as_json:
        sources = [view.as_json(one) for one in checked]
        _print_json({"sources": sources, "geocoder": geocoder and view.as_json(geocoder)})
    else:
        console = Console(highlight=False)
        for one in checked:
            view.print_checked(one, console)
        view.print_geocoder(geocoder, console)
    if any(one.error for one in checked) or (geocoder and geocoder.error):
        raise typer.Exit(FAILED_STATUS)


@app.command()
def run(
    name: NameArgument,
    source: DeclaredOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Poll a source now, whatever its schedule says; also one that stopped.

    Works beside a running 'up' and without one: then what it brings is published at the next start.
    Exit status 1 says that the poll failed.
    """
    _ask(_settings(data_dir, source), name, None, RUN_PATIENCE, as_json=as_json)


@app.command()
def backfill(
    name: NameArgument,
    since: Annotated[str, typer.Option("--from", help="First day or moment (Amsterdam).")],
    until: Annotated[
        str | None, typer.Option("--until", help="First day or moment left out (Amsterdam); now.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Until a running ingest has read all of it.")
    ] = False,
    source: DeclaredOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Read a past period of a source once more, or for the first time. What is known stays as it is.

    A running ingest works on it beside the live feeds, also after a restart; without one this command.
    Not every kind of source can be asked for a past period (docs/sources.md). Exit status 1 says that it
    failed.
    """
    from ingest.protocol import Period
    from wijkbeeld.periods import parse_period

    now = SystemClock().now()
    first, last = parse_period(since, until)
    period = Period(first or now, min(last or now, now))
    if period.since >= period.until:
        raise SettingsError("--from: lies in the future; a backfill reads what has happened")
    patience = None if wait else timedelta(0)
    _ask(_settings(data_dir, source), name, period, patience, as_json=as_json)


@app.command()
def pause(name: NameArgument, data_dir: DataDirOption = DEFAULT_DATA_DIR) -> None:
    """Poll a source no more until it is resumed. Works also while nothing runs."""
    pause_by_hand(_settings(data_dir), name)


@app.command()
def resume(name: NameArgument, data_dir: DataDirOption = DEFAULT_DATA_DIR) -> None:
    """Let a source go on that is paused, by hand or for its rejects. Works also while nothing runs."""
    resume_paused(_settings(data_dir), name)


def _ask(
    settings: Settings, name: str, period: Period | None, patience: timedelta | None, *, as_json: bool
) -> None:
    from wijkbeeld.sources import view
    from wijkbeeld.sources.asking import ask_source
    from wijkbeeld.sources.building import require_declared

    told = Console(stderr=True, highlight=False)
    shown: list[float] = []

    def tell(request: Request) -> None:
        if request.progress is not None and request.progress >= sum(shown) + 0.1:
            shown[:] = [request.progress]
            told.print(f"{request.progress:.0%} read")

    spec = require_declared(settings, name)
    folder = DataDir(settings.data_dir)
    folder.prepare()
    configure_logging("sources", folder.logs / "sources.log")
    request = ask_source(settings, spec, period, patience, tell)
    if as_json:
        _print_json(view.as_json(request))
    else:
        view.print_request(request, Console(highlight=False))
    if request.error:
        raise typer.Exit(FAILED_STATUS)


def _settings(data_dir: Path, sources: list[str] | None = None) -> Settings:
    update: dict[str, Any] = {"data_dir": data_dir.absolute()}
    if sources:
        update["sources"] = join_sources(sources)
    return read_settings().model_copy(update=update)


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
