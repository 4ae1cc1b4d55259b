"""Tables of figures as a kind of source."""

from __future__ import annotations

from ingest.protocol import Source
from ingest.surveys.mapping import SurveyMapping
from ingest.surveys.reader import FigureReader
from ingest.tabular.source import DropContext, MappedOptions, mapped_source


class Settings(MappedOptions):
    """What a table of kind ``surveys`` may say: a folder, and a mapping with a catalogue of measures."""


def build(name: str, settings: Settings, context: DropContext) -> Source:
    """Return the source of one folder.

    Raises:
        SettingsError: the mapping cannot be read or is wrong; the message has the line.
    """
    return mapped_source(
        name,
        settings,
        context,
        SurveyMapping,
        lambda mapping: FigureReader(mapping, context.municipality, context.keyed),
    )
