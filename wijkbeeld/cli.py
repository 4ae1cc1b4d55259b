"""The command ``wijkbeeld``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from domain.errors import SettingsError, WijkbeeldError
from wijkbeeld.archive_command import archive_app
from wijkbeeld.areas_command import areas_app
from wijkbeeld.audit_command import audit
from wijkbeeld.clients_command import app as clients_app
from wijkbeeld.observe_command import observe
from wijkbeeld.reenrich_command import reenrich
from wijkbeeld.rejected_command import app as rejected_app
from wijkbeeld.replay_command import replay
from wijkbeeld.settings import DEFAULT_DATA_DIR, join_sources, read_settings
from wijkbeeld.sources_command import app as sources_app

NOT_RUNNING_STATUS = 3
ERROR_STATUS = 1

app = typer.Typer(
    help="The live safety picture of a Dutch municipality, wijk by wijk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
dashboards_app = typer.Typer(help="The Grafana boards.", no_args_is_help=True)
schemas_app = typer.Typer(help="What travels through topics, and the tables.", no_args_is_help=True)
app.add_typer(dashboards_app, name="dashboards")
app.add_typer(schemas_app, name="schemas")
app.command()(audit)
app.add_typer(rejected_app, name="rejected")
app.add_typer(sources_app, name="sources")
app.add_typer(archive_app, name="archive")
app.add_typer(areas_app, name="areas")
app.command()(replay)
app.command()(reenrich)
app.add_typer(clients_app, name="clients")
app.command()(observe)

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
WarehousePortOption = Annotated[
    int, typer.Option(help="Port of the warehouse (a free one).", min=0, max=65535)
]
WorkersOption = Annotated[
    int | None, typer.Option(help="How many streams workers and loaders share the work (1).")
]


def main() -> None:
    """Run the command; an error of ours is one line on standard error and a non-zero exit."""
    try:
        app()
    except WijkbeeldError as error:
        sys.stderr.write(f"wijkbeeld: {error}\n")
        sys.exit(ERROR_STATUS)


@app.command()
def up(
    source: Annotated[
        list[str] | None,
        typer.Option(
            help="demo, or p2000=FILE (an archive or a receiver's lines; - for standard input). Without:"
            " what the municipality's sources.toml declares."
        ),
    ] = None,
    speed: Annotated[
        str | None,
        typer.Option(help="How fast an archive plays: 'max' (default) or times real time, such as 60."),
    ] = None,
    as_live: Annotated[
        bool, typer.Option("--as-live", help="Play an archive as if it happened today.")
    ] = False,
    streets: Annotated[
        Path | None, typer.Option(help="CSV file with streets or postcodes and their wijk.")
    ] = None,
    areas: Annotated[
        Path | None, typer.Option(help="GeoJSON file with the polygons of the wijken.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the demo city.")] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    port: Annotated[int | None, typer.Option(help="Port of the page (8321).", min=1, max=65535)] = None,
    clickhouse_port: WarehousePortOption = 0,
    workers: WorkersOption = None,
) -> None:
    """Run everything on this machine: broker, warehouse, ingest, gateway, streams, loader, cells, page.

    Ctrl-C drains and ends; the same data dir continues where it stopped.
    """
    from wijkbeeld.progress import Progress
    from wijkbeeld.up import run_up

    given = {
        "data_dir": data_dir,
        "sources": join_sources(source) if source else None,
        "as_live": as_live or None,
        "streets": streets and streets.absolute(),
        "areas": areas and areas.absolute(),
        "seed": seed,
        "page_port": port,
        "workers": workers,
    }
    settings = read_settings()
    update: dict[str, object] = {key: value for key, value in given.items() if value is not None}
    if speed is not None:
        update["speed"] = _speed(speed)
    settings = settings.model_copy(update=update)
    run_up(settings, clickhouse_port, Progress(Console(stderr=True, highlight=False)))


def _speed(text: str) -> float | None:
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise SettingsError(f"--speed {text}: write 'max' or a number above 0, such as 60")
    return speed


@app.command()
def status(
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Show each part, how far behind it is, how fresh each source is, and the counts."""
    from wijkbeeld.status import NotRunningError, collect_status
    from wijkbeeld.status_view import print_status

    try:
        report = collect_status(read_settings(), data_dir.absolute())
    except NotRunningError as error:
        _not_running(str(error), as_json=as_json)
    if as_json:
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        print_status(report, Console(highlight=False))


@app.command()
def sql(
    query: Annotated[str, typer.Argument(help="A query, in ClickHouse's SQL.")],
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    format_: Annotated[
        str, typer.Option("--format", help="Any output format of ClickHouse.")
    ] = "PrettyCompactMonoBlock",
) -> None:
    """Answer a query from the warehouse; nothing can be changed with it."""
    from wijkbeeld.query import query_as_reader
    from wijkbeeld.status import NotRunningError

    try:
        query_as_reader(read_settings(), data_dir.absolute(), query, format_, sys.stdout.buffer)
    except NotRunningError as error:
        _not_running(str(error), as_json=False)


def _not_running(message: str, *, as_json: bool) -> NoReturn:
    if as_json:
        sys.stdout.write(json.dumps({"running": False}) + "\n")
    sys.stderr.write(f"wijkbeeld: {message}\n")
    sys.exit(NOT_RUNNING_STATUS)


@app.command()
def run(
    part: Annotated[
        str,
        typer.Argument(
            help="setup, ingest, streams, loader, recompute, archive, page, gateway or warehouse."
        ),
    ],
) -> None:
    """Run one part, as a container does; settings come from the environment (WIJKBEELD_*)."""
    from wijkbeeld.part import run_part

    sys.exit(run_part(part))


@dashboards_app.command("render")
def dashboards_render(
    folder: Annotated[Path, typer.Argument(help="Where to write.")] = Path(
        "dashboards/grafana/provisioning"
    ),
) -> None:
    """Write the boards as Grafana JSON, with provisioning for data source and folder."""
    from dashboards.grafana.render import write_boards

    for path in write_boards(folder):
        sys.stdout.write(f"{path}\n")


@dashboards_app.command("push")
def dashboards_push(
    grafana: Annotated[str | None, typer.Option(help="URL of Grafana (WIJKBEELD_GRAFANA).")] = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Create or update folder, data source and boards in a running Grafana.

    The token of a service account is read from WIJKBEELD_GRAFANA_TOKEN.
    """
    from wijkbeeld.boards import push_boards

    settings = read_settings()
    given = {"data_dir": data_dir} | ({"grafana": grafana} if grafana else {})
    for line in push_boards(settings.model_copy(update=given)):
        sys.stdout.write(line + "\n")


@schemas_app.command("ddl")
def schemas_ddl(
    cluster: Annotated[
        str, typer.Option(help="Name of the cluster in ClickHouse's configuration; one node without.")
    ] = "",
) -> None:
    """Print the tables as SQL."""
    from wijkbeeld.ddl_command import write_ddl

    write_ddl(cluster, sys.stdout)


@schemas_app.command("write")
def schemas_write(folder: Annotated[Path, typer.Argument(help="Where to write.")]) -> None:
    """Write the JSON Schemas."""
    from wijkbeeld.schemas import write_schemas

    for path in write_schemas(folder):
        sys.stdout.write(f"{path}\n")
