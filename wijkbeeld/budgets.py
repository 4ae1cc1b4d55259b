"""Reads how many rejects a municipality's sources may have."""

from __future__ import annotations

from domain.errors import SettingsError
from ingest.budgets import Budgets, parse_budgets
from wijkbeeld.gemeenten import municipality_folder

FILE = "rejects.toml"


def load_budgets(name_or_folder: str) -> Budgets:
    """Return the budgets of a municipality; the usual ones where its folder has no such file.

    Raises:
        SettingsError: there is no such municipality, or the file is wrong.
    """
    try:
        text = municipality_folder(name_or_folder).joinpath(FILE).read_text(encoding="utf-8")
    except FileNotFoundError:
        return Budgets()
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"gemeente '{name_or_folder}': cannot read {FILE}") from None
    return parse_budgets(text)
