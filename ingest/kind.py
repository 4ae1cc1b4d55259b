"""What a kind of source is: what its settings may say, and how a source is built from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from ingest.context import SourceContext
from ingest.protocol import Source
from ingest.rhythm import Rhythm
from ingest.schedule import Schedule

STDIN = "-"

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Kind(Generic[S]):
    """A kind of source.

    Attributes:
        settings: what its table may say.
        build: from the source's name, its settings and the context to the source. Raises
            ``SettingsError`` where they cannot work together.
        argument: the setting that ``--source KIND=FILE`` fills; empty for a kind without one.
        rhythm: what is expected of such a source where nothing is declared.
        real: its streets exist; those of made-up events are no questions for a geocoder.
    """

    settings: type[S]
    build: Callable[[str, S, SourceContext], Source]
    argument: str = ""
    rhythm: Rhythm = field(default_factory=Rhythm)
    real: bool = True


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as it is declared, checked against its kind.

    Attributes:
        name: also names its topics.
        kind: a key of the registry of kinds.
        settings: an instance of the kind's settings.
        schedule: when it is asked.
        rhythm: what is expected of it.
        folder: what relative paths in its settings start from.
        geocode: its streets and postcodes may be asked of the geocoder, where that is turned on.
    """

    name: str
    kind: str
    settings: BaseModel
    schedule: Schedule = field(default_factory=Schedule)
    rhythm: Rhythm = field(default_factory=Rhythm)
    folder: Path = field(default_factory=Path)
    geocode: bool = True

    @property
    def reads_stdin(self) -> bool:
        """It reads the standard input of this process."""
        return any(value == STDIN for _, value in self.settings)
