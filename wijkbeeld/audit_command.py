"""The command ``wijkbeeld audit``; its rooms are imported when it is called."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from wijkbeeld.settings import DEFAULT_DATA_DIR, read_settings


def audit(
    wait: Annotated[float, typer.Option(help="Seconds to wait for what is on its way.", min=0.0)] = 10.0,
    every: Annotated[
        float | None, typer.Option(help="Audit again every so many minutes, until Ctrl-C.", min=0.01)
    ] = None,
    data_dir: Annotated[
        Path,
        typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything."),
    ] = DEFAULT_DATA_DIR,
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Check that every record is accounted for and every cell agrees with the events.

    Runs beside everything else; changes nothing but its own record, which the boards show.

    Exit status: 0 clean, 1 something differs or is lost, 2 it cannot be audited, 3 nothing runs, 4 not
    settled within the wait, 5 there is nothing to audit yet.
    """
    from wijkbeeld.audit.run import Options, run_audit

    options = Options(data_dir.absolute(), wait, None if every is None else every * 60, as_json)
    sys.exit(run_audit(read_settings(), options))
