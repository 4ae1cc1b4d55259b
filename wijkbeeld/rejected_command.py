"""``wijkbeeld rejected``: find rejects, look at them, replay or discard them, resume their source."""

from __future__ import annotations

import json
import sys
from collections import Counter as Tally
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from domain.clock import SystemClock
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir
from wijkbeeld.rejected.options import (
    AllOption,
    CodeOption,
    DataDirOption,
    FieldOption,
    JsonOption,
    ReasonOption,
    ReceiptArgument,
    SinceOption,
    SourceArgument,
    SourceOption,
    UntilOption,
)
from wijkbeeld.settings import DEFAULT_DATA_DIR, Settings, read_settings
from wijkbeeld.trail import Trail

if TYPE_CHECKING:
    from warehouse.client import Client
    from wijkbeeld.rejected.replaying import ReplayOrder

NOT_RUNNING_STATUS = 3
NOT_ALL_STATUS = 1
MOST_ROWS = 50
PAGE = 1_000

app = typer.Typer(
    help="Rejects: records that could not become events. They are counted, never lost.",
    no_args_is_help=True,
)


@app.command("list")
def list_(
    source: SourceOption = None,
    reason: ReasonOption = None,
    field: FieldOption = None,
    code: CodeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    rows: Annotated[bool, typer.Option("--rows", help="Also single rejects, the newest first.")] = False,
    limit: Annotated[int, typer.Option(help="Most single rejects.", min=1)] = MOST_ROWS,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Count rejects by source, reason, field and code; none of their content."""
    from ingest.outbox.desk import paused_sources
    from warehouse.rejects import count_rejects, list_rejects
    from wijkbeeld.rejected import view
    from wijkbeeld.rejected.choosing import choose

    chosen = choose(source=source, reason=reason, field=field, code=code, since=since, until=until)
    settings = _settings(data_dir)
    with _warehouse(settings, as_json=as_json) as client:
        groups = count_rejects(client, chosen)
        found = list_rejects(client, chosen, limit) if rows else []
    outbox = DataDir(settings.data_dir).outbox
    pauses = paused_sources(outbox) if outbox.is_file() else {}
    if as_json:
        _print_json(
            {
                "groups": [view.as_json(group) for group in groups],
                **({"rows": [view.as_json(reject) for reject in found]} if rows else {}),
                "paused": {name: view.as_json(pause) for name, pause in pauses.items()},
            }
        )
        return
    console = Console(highlight=False)
    view.print_groups(groups, console)
    if found:
        console.print()
        view.print_rows(found, console)
    view.print_pauses(pauses.items(), console)


@app.command()
def show(
    source: Annotated[str, typer.Argument(help="Its source.")],
    receipt: Annotated[int, typer.Argument(help="Its receipt.", min=1)],
    record: Annotated[
        bool, typer.Option("--record", help="Also what is kept of the record. The look is logged.")
    ] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Show what is known of one reject; its content only with --record."""
    from warehouse.rejects import RejectFilter, list_rejects, read_kept
    from wijkbeeld.rejected import view

    chosen = RejectFilter(source=source, receipt=receipt)
    settings = _settings(data_dir)
    content = None
    with _warehouse(settings, as_json=as_json) as client:
        found = list_rejects(client, chosen, 1)
        if not found:
            raise SettingsError(f"no reject with receipt {receipt} of source '{source}'")
        if record:
            result = "shown" if found[0].kept else "nothing kept"
            _trail(settings).write("look", f"rejected/{source}/{receipt}", result)
            content = "".join(kept.record for kept in read_kept(client, chosen, 1))
    if as_json:
        shown = {"record": json.loads(content) if content else None} if record else {}
        _print_json(view.as_json(found[0]) | shown)
        return
    view.print_reject(found[0], Console(highlight=False))
    if record:
        text = (
            json.dumps(json.loads(content), indent=2, ensure_ascii=False) if content else "nothing kept"
        )
        sys.stdout.write(f"record      {text}\n")


@app.command()
def replay(
    argument: SourceArgument = None,
    receipt: ReceiptArgument = None,
    source: SourceOption = None,
    reason: ReasonOption = None,
    field: FieldOption = None,
    code: CodeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    every: AllOption = False,
    fix: Annotated[
        list[str] | None,
        typer.Option(help="FIELD=VALUE for each of them, VALUE as JSON or text; null takes it out."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also where an earlier replay has not arrived.")
    ] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Send rejects again, repaired with --fix, under the identity that they always had.

    Exit status 1 says that not all of them could be sent.
    """
    from ingest.repairing import parse_fix
    from wijkbeeld.gemeenten import load_municipality
    from wijkbeeld.rejected.choosing import choose, one_source, require_choice
    from wijkbeeld.rejected.replaying import ReplayOrder

    chosen = choose(
        source=one_source(argument, receipt, source),
        receipt=receipt,
        reason=reason,
        field=field,
        code=code,
        since=since,
        until=until,
    )
    settings = _settings(data_dir)
    order = ReplayOrder(
        chosen=require_choice(chosen, every=every),
        fixes=[parse_fix(text) for text in fix or ()],
        municipality_slug=load_municipality(settings.gemeente).slug,
        outbox=DataDir(settings.data_dir).outbox,
        dry_run=dry_run,
        again=again,
    )
    _replay(settings, order, as_json=as_json)


def _replay(settings: Settings, order: ReplayOrder, *, as_json: bool) -> None:
    from wijkbeeld.rejected import replaying, view
    from wijkbeeld.rejected.choosing import in_words
    from wijkbeeld.rejected.replaying import Outcome, Result

    results: list[Result] = []
    told = Console(stderr=True, highlight=False)
    trail, now = _trail(settings), SystemClock().now()
    with _warehouse(settings, as_json=as_json) as client:
        if not order.dry_run:
            fixes = " ".join(".".join(fix.path) for fix in order.fixes)
            trail.write("replay", in_words(order.chosen), f"begun, fixes {fixes or 'nothing'}")
        for page in replaying.replay(client, order, now):
            results += page
            if len(results) > PAGE:
                told.print(f"{len(results):,} rejects looked at")
    if not results:
        raise SettingsError("no reject like that; see wijkbeeld rejected list")
    sent = sum(result.outcome is Outcome.SENT for result in results)
    if not order.dry_run:
        trail.write("replay", in_words(order.chosen), f"sent {sent} of {len(results)}")
    if as_json:
        _print_json({"dry_run": order.dry_run, "results": [view.as_json(result) for result in results]})
    else:
        tally = Tally(result._replace(receipt=0) for result in results)
        view.print_results(tally, Console(highlight=False), dry_run=order.dry_run)
    if sent < len(results):
        raise typer.Exit(NOT_ALL_STATUS)


@app.command()
def discard(
    argument: SourceArgument = None,
    receipt: ReceiptArgument = None,
    source: SourceOption = None,
    reason: ReasonOption = None,
    field: FieldOption = None,
    code: CodeOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    every: AllOption = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Empty what is kept of rejects, for good. They stay counted, and cannot be replayed any more."""
    from warehouse import rejects
    from wijkbeeld.rejected.choosing import choose, in_words, one_source, require_choice

    chosen = choose(
        source=one_source(argument, receipt, source),
        receipt=receipt,
        reason=reason,
        field=field,
        code=code,
        since=since,
        until=until,
    )
    require_choice(chosen, every=every)
    settings = _settings(data_dir)
    with _warehouse(settings, as_json=as_json) as client:
        keys = rejects.list_kept_keys(client, chosen)
        if keys and not yes:
            typer.confirm(f"Empty the records of {len(keys):,} rejects for good?", abort=True, err=True)
        if keys:
            trail = _trail(settings)
            trail.write("discard", in_words(chosen), f"begun, {len(keys)} records")
            rejects.discard(client, keys)
            trail.write("discard", in_words(chosen), f"emptied {len(keys)} records")
    if as_json:
        _print_json({"discarded": len(keys)})
    else:
        sys.stdout.write(f"{len(keys):,} records emptied\n")


@app.command()
def resume(
    source: Annotated[str, typer.Argument(help="The source that is paused.")],
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
) -> None:
    """Let a source go on that is paused for its rejects. Works also while nothing runs."""
    from wijkbeeld.pausing import resume_paused

    resume_paused(_settings(data_dir), source)


def _settings(data_dir: Path) -> Settings:
    return read_settings().model_copy(update={"data_dir": data_dir.absolute()})


def _trail(settings: Settings) -> Trail:
    return Trail(DataDir(settings.data_dir).trail, SystemClock())


@contextmanager
def _warehouse(settings: Settings, *, as_json: bool) -> Iterator[Client]:
    from wijkbeeld.rejected.access import warehouse_of
    from wijkbeeld.status import NotRunningError

    try:
        with warehouse_of(settings) as client:
            yield client
    except NotRunningError as error:
        if as_json:
            _print_json({"running": False})
        sys.stderr.write(f"wijkbeeld: {error}\n")
        raise typer.Exit(NOT_RUNNING_STATUS) from None


def _print_json(value: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
