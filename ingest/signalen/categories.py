"""From a category of Signalen to a theme of ours, by a closed table.

``categories.csv`` holds every sub-category that Signalen is delivered with, under its main category;
a row without a sub-category is for those that a gemeente has added to that main one.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import NamedTuple

from domain.themes import Theme

UNKNOWN = "onbekend"
"""Category of a slug that is in no table: what a gemeente has put into a slug could be anything."""


class Category(NamedTuple):
    """A term of the closed list, and the theme it stands for; None where nothing is known."""

    term: str
    theme: Theme | None


@dataclass(frozen=True, slots=True)
class Categories:
    """The table in use.

    Attributes:
        subs: theme by the slug of a sub-category.
        mains: theme by the slug of a main category, for sub-categories that are not in ``subs``.
    """

    subs: Mapping[str, Theme]
    mains: Mapping[str, Theme]

    def find(self, main_slug: str, sub_slug: str) -> Category:
        """Return what a record's category is."""
        theme = self.subs.get(sub_slug)
        if theme is not None:
            return Category(sub_slug, theme)
        return Category(UNKNOWN, self.mains.get(main_slug))


def load_categories(own: Mapping[str, Theme]) -> Categories:
    """Return the table of the package with a gemeente's ``own`` sub-categories over it."""
    text = files("ingest.signalen").joinpath("categories.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    return Categories(
        subs={row["sub_slug"]: Theme(row["theme"]) for row in rows if row["sub_slug"]} | dict(own),
        mains={row["main_slug"]: Theme(row["theme"]) for row in rows if not row["sub_slug"]},
    )
