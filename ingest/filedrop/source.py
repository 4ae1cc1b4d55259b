"""A watched folder of tables as a kind of source."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.protocol import Draft, Source
from ingest.tabular.events import EventMapper, EventMapping
from ingest.tabular.rows import Row
from ingest.tabular.source import DropContext, MappedOptions, mapped_source


class Settings(MappedOptions):
    """What a table of kind ``filedrop`` may say: a folder and a mapping."""


class _OneEvent:
    """A row is an event, or is left out."""

    def __init__(self, mapper: EventMapper) -> None:
        self._mapper = mapper
        self.columns = mapper.columns

    def drafts(self, row: Row) -> Sequence[Draft]:
        """See ``RowReader``."""
        draft = self._mapper.read(row)
        return () if draft is None else (draft,)


def build(name: str, settings: Settings, context: DropContext) -> Source:
    """Return the source of one folder.

    Raises:
        SettingsError: the mapping cannot be read or is wrong; the message has the line.
    """

    def compile_(mapping: EventMapping) -> _OneEvent:
        return _OneEvent(EventMapper(mapping, context.keyed, name))

    return mapped_source(name, settings, context, EventMapping, compile_)
