"""The offences of the police, a closed list, and what of them is too sensitive below the gemeente.

``offences.csv`` is the dimension ``SoortMisdrijf`` of both tables, each with a theme of ours.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from domain.themes import THEMES, Theme

TOTAL = "0.0.0"
"""The sum of all others."""


@dataclass(frozen=True, slots=True)
class Offence:
    """An offence.

    Attributes:
        code: such as ``1.1.1``, without padding.
        title: of the police, in Dutch.
        theme: ours.
    """

    code: str
    title: str
    theme: Theme

    @property
    def is_total(self) -> bool:
        """Whether it is the sum of the others."""
        return self.code == TOTAL

    @property
    def is_sensitive(self) -> bool:
        """Whether its counts per wijk are so small that they could point at a person."""
        return THEMES[self.theme].sensitive


def load_offences() -> Mapping[str, Offence]:
    """Return every offence by its code."""
    text = files("ingest.registered_crime").joinpath("offences.csv").read_text(encoding="utf-8")
    return {
        row["code"]: Offence(row["code"], row["title"], Theme(row["theme"]))
        for row in csv.DictReader(text.splitlines())
    }
