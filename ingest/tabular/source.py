"""What sources of a watched folder share: their settings, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Protocol, TypeVar

from pydantic import Field

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.topics import Lane
from ingest.keys import KeyedHash
from ingest.protocol import Connector, Feed, Source
from ingest.tabular.connector import DropConnector
from ingest.tabular.folder import DropFolder, FolderSettings
from ingest.tabular.mapping import TableMapping, parse_mapping
from ingest.tabular.opening import FORMATS
from ingest.tabular.table_reader import RowReader, TableReader
from ingest.toml_table import TomlTable


class DropContext(Protocol):
    """What a source of a watched folder takes of the context of sources."""

    @property
    def municipality(self) -> Municipality:
        """The gemeente whose areas count."""
        ...

    @property
    def keyed(self) -> KeyedHash:
        """Makes identities and hashes of case numbers."""
        ...

    def path(self, text: str) -> Path:
        """Return the path of a file that the settings of a source name."""
        ...


class FolderOptions(TomlTable):
    """What every source of a watched folder may be told.

    Attributes:
        folder: where deliveries are put.
        settle_seconds: a delivery is taken when it has not changed for so long.
        keep_days: what was read or refused is deleted after so long.
        look_seconds: how often an empty folder is looked at.
        history: deliveries are history, and travel beside live events, never before them.
    """

    folder: Annotated[str, Field(min_length=1)]
    settle_seconds: Annotated[float, Field(ge=0, le=86_400)] = 5.0
    keep_days: Annotated[float, Field(gt=0, le=3_650)] = 14.0
    look_seconds: Annotated[float, Field(gt=0, le=86_400)] = 5.0
    history: bool = False

    @property
    def lane(self) -> Lane:
        """The lane that events of a delivery travel in."""
        return Lane.BACKFILL if self.history else Lane.LIVE

    @property
    def look_every(self) -> timedelta:
        """How often an empty folder is looked at."""
        return timedelta(seconds=self.look_seconds)

    def feed(self, connector: Connector, context: DropContext) -> Feed:
        """Return the feed of a connector of the folder; another folder starts afresh."""
        folder = str(context.path(self.folder).absolute())
        return Feed(self.lane, connector, context.keyed.id("folder", folder))

    def watched(self, context: DropContext, endings: tuple[str, ...]) -> FolderSettings:
        """Return how the folder is watched for deliveries with these endings."""
        return FolderSettings(
            path=context.path(self.folder),
            settle=timedelta(seconds=self.settle_seconds),
            keep=timedelta(days=self.keep_days),
            endings=endings,
        )


class MappedOptions(FolderOptions):
    """What a source of tables may be told besides.

    Attributes:
        mapping: the file of its column mapping.
        rows_per_poll: rows that are read at once, and committed together.
    """

    mapping: Annotated[str, Field(min_length=1)]
    rows_per_poll: Annotated[int, Field(ge=1, le=10_000)] = 1_000


class MappedReader(RowReader, Protocol):
    """A reader of rows that a mapping made."""

    @property
    def columns(self) -> frozenset[str]:
        """Columns that it reads."""
        ...


M = TypeVar("M", bound=TableMapping)


def mapped_source(
    name: str,
    options: MappedOptions,
    context: DropContext,
    model: type[M],
    compile_: Callable[[M], MappedReader],
) -> Source:
    """Return the source of a watched folder of tables.

    Args:
        name: of the source.
        options: its settings.
        context: what sources are built from.
        model: what the mapping may say.
        compile_: makes a reader of a mapping, raising ``Mistake``.

    Raises:
        SettingsError: the mapping cannot be read or is wrong; the message has the line.
    """
    path = context.path(options.mapping)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"mapping {path}: {error.strerror}; put it there") from None
    except UnicodeDecodeError:
        raise SettingsError(f"mapping {path}: not UTF-8; save it as UTF-8") from None
    mapping, reader = parse_mapping(text, path.name, model, lambda said: (said, compile_(said)))
    connector = DropConnector(
        name,
        DropFolder(options.watched(context, FORMATS), context.keyed, name),
        TableReader(
            name,
            mapping.file.layout,
            reader.columns,
            reader,
            context.keyed,
            options.rows_per_poll,
        ),
        context.keyed,
        reading=context.keyed.id("mapping", text),
        every=options.look_every,
    )
    return Source(name, (options.feed(connector, context),))
