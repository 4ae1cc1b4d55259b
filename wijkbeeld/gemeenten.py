"""Reads a municipality's folder of data."""

from __future__ import annotations

import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from domain.areas import Municipality, parse_municipality
from domain.errors import SettingsError

_CROSSWALK = re.compile(r"crosswalk-([0-9]{4})\.csv")


def load_municipality(name_or_folder: str) -> Municipality:
    """Return the municipality of a name that ships with Wijkbeeld, or of a folder of the same shape.

    Raises:
        SettingsError: there is no such municipality, a file is missing, or the data is wrong.
    """
    folder = municipality_folder(name_or_folder)
    names = ("gemeente.toml", "stadsdelen.csv", "wijken.csv", "teams.toml")
    try:
        texts = [folder.joinpath(name).read_text(encoding="utf-8") for name in names]
        crosswalks = {
            int(named[1]): file.read_text(encoding="utf-8")
            for file in folder.iterdir()
            if (named := _CROSSWALK.fullmatch(file.name))
        }
    except OSError as error:
        raise SettingsError(f"gemeente '{name_or_folder}': cannot read {error.filename}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"gemeente '{name_or_folder}': a file is not UTF-8") from error
    gemeente, stadsdelen, wijken, teams = texts
    return parse_municipality(gemeente, stadsdelen, wijken, teams, crosswalks)


def municipality_folder(name_or_folder: str) -> Traversable:
    """Return the folder of a municipality that ships with Wijkbeeld, or the folder of that name.

    Raises:
        SettingsError: there is neither.
    """
    folder: Traversable = files("gemeenten").joinpath(name_or_folder)
    if not name_or_folder.isidentifier() or not folder.is_dir():
        folder = Path(name_or_folder)
    if not folder.is_dir():
        raise SettingsError(f"gemeente '{name_or_folder}': no such municipality or folder")
    return folder
