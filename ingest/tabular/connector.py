"""The connector of a watched folder; what a delivery means is an argument.

Every poll is a function of the cursor and the folder. What a poll moves or writes in the folder is
either done again by the next poll with the same cursor (taking a delivery, the file of rejects), or is
done only once the cursor that asks for it is committed (moving it to ``done``). So a process that dies
between any two steps loses no row and gives none twice: the outbox knows each by its identity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import structlog

from domain.metrics import Counter
from ingest.keys import KeyedHash
from ingest.protocol import Cursor, Finding, Poll
from ingest.tabular.folder import DropFolder, Stamp, rejects_of
from ingest.tabular.rejects import Rejected, unreadable, write_rejects
from ingest.tabular.rows import FileRefused, Refusal
from ingest.tabular.state import FolderState, Taken, from_cursor, to_cursor

_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Portion:
    """What was read of a delivery in one poll.

    Attributes:
        findings: events and unreadable rows, in order.
        rejected: the unreadable rows, for the file beside the delivery.
        rows: how many rows this was.
        last: there are no more.
        left_out: rows that are none of ours.
        progress: part of the delivery that was read, 0-1.
        serial: serial number of the delivery, where it has one.
    """

    findings: Sequence[Finding]
    rejected: Sequence[Rejected]
    rows: int
    last: bool
    left_out: int = 0
    progress: float = 1.0
    serial: int | None = None


class DeliveryReader(Protocol):
    """Reads deliveries, a portion at a time."""

    def read(self, path: Path, taken: Taken, serial: int, now: datetime, /) -> Portion:
        """Return what follows the rows that were read.

        Args:
            path: the delivery.
            taken: how far it was read.
            serial: highest of the deliveries before.
            now: aware, UTC.

        Raises:
            FileRefused: the delivery cannot be read, or not any further.
        """
        ...

    def close(self) -> None:
        """Let go of the delivery that is open, if one is."""
        ...


class DropConnector:
    """Polls a watched folder.

    Args:
        source: name of the source.
        folder: the folder.
        reader: reads its deliveries.
        keyed: makes identities.
        reading: stands for how deliveries are read: with another one, a delivery that was read before is
            read again.
        every: how often an empty folder is looked at.
    """

    def __init__(
        self,
        source: str,
        folder: DropFolder,
        reader: DeliveryReader,
        keyed: KeyedHash,
        reading: str,
        every: timedelta,
    ) -> None:
        self._source = source
        self._folder = folder
        self._reader = reader
        self._keyed = keyed
        self._reading = reading
        self._every = every
        self._log = structlog.get_logger(__name__).bind(source=source)

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        state = from_cursor(cursor, self._source)
        self._folder.prepare()
        try:
            return self._poll(state, now)
        except OSError as error:
            raise self._folder.failed(error) from None

    def close(self) -> None:
        """Let go of the delivery that is open, if one is; the next poll opens it again."""
        self._reader.close()

    def _poll(self, state: FolderState, now: datetime) -> Poll:
        path = self._folder.in_work()
        taken = state.taken
        if taken is not None and taken.outcome:
            path = self._end(path, taken)
            state, taken = replace(state, taken=None), None
        if path is None:
            if taken is not None:
                self._log.warning("delivery_gone", rows=taken.rows)
                self._reader.close()
                state = replace(state, taken=None)
            path = self._folder.take(now)
        if path is None:
            self._folder.forget_old(now)
            return Poll((), to_cursor(state), self._every)
        return self._work(path, state, now)

    def _end(self, path: Path | None, taken: Taken) -> Path | None:
        """Move a delivery that has ended away; another one in work, or one moved before, stays."""
        self._reader.close()
        if path is None or self._folder.stamp(path) != taken.stamp:
            return path
        self._folder.end(path, read=taken.outcome == "read")
        return self._folder.in_work()

    def _work(self, path: Path, state: FolderState, now: datetime) -> Poll:
        stamp = self._folder.stamp(path)
        taken = state.taken
        if taken is None:
            taken = Taken(stamp, self._keyed.id("delivery", self._folder.digest(path), self._reading))
            if taken.digest in state.ended:
                return self._repeated(path, state, taken)
            self._log.info("delivery_taken", bytes=stamp.size)
        try:
            _check_unchanged(taken.stamp, stamp)
            portion = self._reader.read(path, taken, state.serial, now)
        except FileRefused as refused:
            taken = replace(taken, stamp=stamp, outcome="refused")
            return self._refused(path, state, taken, refused.refusal)
        taken = replace(taken, rows=taken.rows + portion.rows, outcome="read" if portion.last else "")
        if portion.last:
            self._log.info("delivery_read", rows=taken.rows)
        return self._answer(path, state, taken, portion)

    def _repeated(self, path: Path, state: FolderState, taken: Taken) -> Poll:
        self._log.info("delivery_repeated")
        note = Rejected(0, Refusal("file", "was read before; nothing is changed"))
        return self._answer(
            path, state, replace(taken, outcome="read"), Portion((), (note,), 0, last=True)
        )

    def _refused(self, path: Path, state: FolderState, taken: Taken, refusal: Refusal) -> Poll:
        self._log.warning("delivery_refused", field=refusal.field, says=refusal.says, rows=taken.rows)
        finding = unreadable(self._keyed, self._source, taken, 0, taken.stamp.size, refusal)
        return self._answer(
            path, state, taken, Portion((finding,), (Rejected(0, refusal),), 0, last=True)
        )

    def _answer(self, path: Path, state: FolderState, taken: Taken, portion: Portion) -> Poll:
        length = write_rejects(rejects_of(path), taken.rejects, portion.rejected)
        state = FolderState(
            taken=replace(taken, rejects=length),
            # A refused delivery may be tried again, as it is.
            ended=state.remembering(taken.digest) if taken.outcome == "read" else state.ended,
            serial=max(state.serial, portion.serial or 0),
        )
        return Poll(
            findings=portion.findings,
            cursor=to_cursor(state),
            wait=_AT_ONCE,
            filtered={Counter.FILTERED_LEFT_OUT: portion.left_out} if portion.left_out else {},
            progress=1.0 if taken.outcome else portion.progress,
        )


def _check_unchanged(before: Stamp, now: Stamp) -> None:
    if before != now:
        raise FileRefused("file", "was changed while it was read; deliver it again")
