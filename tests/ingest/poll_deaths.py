"""The moments at which a process may die in a poll: before, while and after its findings are written."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import ingest.outbox.feeds
from tests.ingest.polled import PolledConnector


class Killed(BaseException):
    """The process ends here."""


def before_writing(_reader: PolledConnector, _monkeypatch: pytest.MonkeyPatch) -> None:
    raise Killed


def while_writing(reader: PolledConnector, monkeypatch: pytest.MonkeyPatch) -> None:
    poll = reader.ask()

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        # The cursor is the last thing that the transaction writes.
        patch.setattr(ingest.outbox.feeds, "advance", die)
        reader.write(poll)


def after_writing(reader: PolledConnector, _monkeypatch: pytest.MonkeyPatch) -> None:
    reader.write(reader.ask())
    raise Killed


Moment = Callable[[PolledConnector, pytest.MonkeyPatch], None]
MOMENTS: tuple[Moment, ...] = (before_writing, while_writing, after_writing)
