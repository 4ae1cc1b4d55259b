"""``wijkbeeld observe``: a member of a wijkteam enters a signal."""

from __future__ import annotations

import sys
import uuid
from pathlib import Path
from typing import Annotated

import typer

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.themes import Theme
from ingest.observations.form import Observation
from wijkbeeld.datadir import DataDir, read_json
from wijkbeeld.gemeenten import load_municipality
from wijkbeeld.observer import observer_of
from wijkbeeld.settings import DEFAULT_DATA_DIR, Settings, read_settings
from wijkbeeld.status import require_running


def observe(
    wijk: Annotated[str, typer.Option(help="Code or name of the wijk.")],
    theme: Annotated[str, typer.Option(help="Theme of the signal.")],
    severity: Annotated[int, typer.Option(help="1 (trivial) to 5 (critical).", min=1, max=5)],
    data_dir: Annotated[
        Path,
        typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything."),
    ] = DEFAULT_DATA_DIR,
) -> None:
    """Hand in what a member of a wijkteam saw: a closed form, without free text."""
    settings = read_settings()
    municipality = load_municipality(settings.gemeente)
    observation = Observation(
        id=str(uuid.uuid4()),
        wijk=_wijk(wijk, municipality),
        theme=_theme(theme),
        severity=severity,
    )
    folder = DataDir(data_dir.absolute())
    observer_of(settings, folder, _gateway(settings, folder), municipality).send(observation)
    sys.stdout.write("observation taken in\n")


def _wijk(text: str, municipality: Municipality) -> str:
    for wijk in municipality.wijken:
        if text == wijk.code or text.casefold() == wijk.name.casefold():
            return wijk.code
    raise SettingsError(f"--wijk: no wijk of {municipality.name} has this code or name")


def _theme(text: str) -> Theme:
    try:
        return Theme(text)
    except ValueError:
        raise SettingsError(f"--theme: choose from {', '.join(Theme)}") from None


def _gateway(settings: Settings, data_dir: DataDir) -> str:
    """Return where the gateway answers: as the settings say, else that of what runs on this folder."""
    if settings.gateway:
        return settings.gateway
    require_running(data_dir)
    urls = read_json(data_dir.run).get("urls")
    return str(urls["gateway"]) if isinstance(urls, dict) and "gateway" in urls else ""
