"""The options by which a person chooses rejects."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For machines.")]
SourceOption = Annotated[str | None, typer.Option("--source", help="Only of this source.")]
ReasonOption = Annotated[str | None, typer.Option("--reason", help="Only for this reason.")]
FieldOption = Annotated[str | None, typer.Option("--field", help="Only with this field at fault.")]
CodeOption = Annotated[str | None, typer.Option("--code", help="Only with this code.")]
SinceOption = Annotated[
    str | None, typer.Option("--since", help="Received from this day or moment on (Amsterdam).")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", help="Received before this day or moment (Amsterdam).")
]
SourceArgument = Annotated[
    str | None, typer.Argument(metavar="[SOURCE]", help="Source of the one reject that is meant.")
]
ReceiptArgument = Annotated[int | None, typer.Argument(metavar="[RECEIPT]", help="Its receipt.", min=1)]
AllOption = Annotated[bool, typer.Option("--all", help="Every reject there is.")]
