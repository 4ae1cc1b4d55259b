"""Exports of inspections as a kind of source."""

from __future__ import annotations

from ingest.inspections.bag_table import read_bag_table
from ingest.inspections.mapping import InspectionMapping
from ingest.inspections.reader import InspectionReader
from ingest.protocol import Source
from ingest.tabular.source import DropContext, MappedOptions, mapped_source


class Settings(MappedOptions):
    """What a table of kind ``inspections`` may say.

    Attributes:
        bag_table: CSV file with columns ``bag_id`` and ``wijk``, for exports that give a BAG id.
    """

    bag_table: str | None = None


def build(name: str, settings: Settings, context: DropContext) -> Source:
    """Return the source of one folder.

    Raises:
        SettingsError: the mapping or the table of BAG ids cannot be read or is wrong.
    """
    table = None
    if settings.bag_table is not None:
        table = read_bag_table(context.path(settings.bag_table), context.municipality)
    return mapped_source(
        name,
        settings,
        context,
        InspectionMapping,
        lambda mapping: InspectionReader(mapping, context.keyed, name, table),
    )
