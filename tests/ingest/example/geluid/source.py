"""Sound meters in the city: a file that grows by a line of JSON for each time that one is too loud."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from domain.areas import WijkCode
from domain.errors import SourceUnavailable
from domain.events import EventId, Signal
from domain.places import Location
from domain.rejects import RejectReason
from domain.themes import Theme
from domain.topics import Lane
from ingest.context import SourceContext
from ingest.keys import KeyedHash
from ingest.protocol import Cursor, Draft, Feed, Finding, Period, Poll, Source, Unreadable
from ingest.rhythm import Rhythm
from ingest.toml_table import TomlTable
from ingest.within import Within

RHYTHM = Rhythm(lateness=timedelta(minutes=10))
_LINES = 500
_PAUSE = timedelta(seconds=30)


class Settings(TomlTable):
    """What a table of kind ``geluid`` may say.

    Attributes:
        file: the file that the meters write.
        loud: decibels from which a reading is a signal.
    """

    file: Annotated[str, Field(min_length=1)]
    loud: Annotated[int, Field(ge=40, le=140)] = 80


class _Reading(BaseModel):
    """The allow-list: what is not named here does not pass."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: EventId
    at: AwareDatetime
    wijk: WijkCode
    decibel: Annotated[int, Field(ge=0, le=200)]


class Geluid:
    """Reads the file from where the cursor is, a bounded number of lines at a time."""

    def __init__(self, path: Path, loud: int, keyed: KeyedHash, *, follow: bool) -> None:
        self._path = path
        self._loud = loud
        self._keyed = keyed
        self._follow = follow

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """Return the readings after the cursor; raises ``SourceUnavailable`` without the file."""
        offset = 0 if cursor is None else int(str(cursor["offset"]))
        findings: list[Finding] = []
        try:
            with self._path.open("rb") as file:
                file.seek(offset)
                for line in (file.readline() for _ in range(_LINES)):
                    if not line.endswith(b"\n"):
                        return self._answer(findings, offset, more=False)  # the end, or half a line
                    findings += self._found(line, offset)
                    offset += len(line)
        except OSError as error:
            raise SourceUnavailable(f"geluid: {self._path}: {error.strerror}") from None
        return self._answer(findings, offset, more=True)

    def _answer(self, findings: list[Finding], offset: int, *, more: bool) -> Poll:
        wait = timedelta(0) if more else _PAUSE
        return Poll(findings, {"offset": offset}, wait, done=not more and not self._follow)

    def _found(self, line: bytes, offset: int) -> list[Finding]:
        try:
            reading = _Reading.model_validate(json.loads(line))
        except (ValidationError, ValueError):
            return [self._unreadable(line, offset)]
        if reading.decibel < self._loud:
            return []
        data = Signal(
            occurred_at=reading.at.astimezone(UTC),
            category="geluid-te-hard",
            theme=Theme.GELUIDSOVERLAST,
            location=Location(wijk=reading.wijk),
        )
        return [Draft(reading.id, data)]

    def _unreadable(self, line: bytes, offset: int) -> Unreadable:
        text = line.decode("latin-1")
        return Unreadable(
            event_id=self._keyed.id("geluid", str(offset), text),
            reason=RejectReason.UNPARSED,
            field="line",
            length=len(line),
            value_hash=self._keyed.id("geluid-value", text),
        )


def build(name: str, settings: Settings, context: SourceContext) -> Source:
    """Return the source of one file."""
    path = context.path(settings.file)

    def reader(*, follow: bool) -> Geluid:
        return Geluid(path, settings.loud, context.keyed, follow=follow)

    def backfill(period: Period) -> Within:
        return Within(reader(follow=False), period)

    return Source(name, (Feed(Lane.LIVE, reader(follow=True)),), backfill=backfill)
