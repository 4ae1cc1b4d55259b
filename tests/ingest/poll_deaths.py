"""The moments at which a process may die in a poll: before, while and after its findings are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import pytest

import ingest.outbox.feeds
from ingest.protocol import Poll


class Killed(BaseException):
    """The process ends here."""


class PollReader(Protocol):
    """Polls a source and writes what it finds to an outbox."""

    def ask(self) -> Poll:
        """Poll without writing."""

    def write(self, poll: Poll) -> None:
        """Write what a poll found."""


def before_writing(_reader: PollReader, _monkeypatch: pytest.MonkeyPatch) -> None:
    raise Killed


def while_writing(reader: PollReader, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = reader.ask()

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        # The cursor is the last thing that the transaction writes.
        patch.setattr(ingest.outbox.feeds, "advance", die)
        reader.write(poll)


def after_writing(reader: PollReader, _monkeypatch: pytest.MonkeyPatch) -> None:
    reader.write(reader.ask())
    raise Killed


Moment = Callable[[PollReader, pytest.MonkeyPatch], None]
MOMENTS: tuple[Moment, ...] = (before_writing, while_writing, after_writing)
