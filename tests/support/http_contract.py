"""What every connector over HTTP owes: whatever a source does, nothing is lost, doubled or told.

A connector is polled into a real outbox, as ingest does it, against a source that misbehaves at one
request, once for each of the first requests. What the outbox has in the end must be what it has when
the source behaves.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from pydantic import SecretStr

from domain.errors import Terminal, Transient
from domain.topics import Lane
from ingest.http.client import HttpxClient
from ingest.http.limits import Limits
from ingest.http.pace import HostPace
from ingest.http.protocol import HttpClient
from ingest.http.token import Token
from ingest.outbox.store import Outbox
from ingest.protocol import Connector, Feed, Poll, Source
from tests.ingest.fakes import TurnedClock
from tests.ingest.samples import KEYED, unpublished
from tests.support.http_pages import RETRY_AFTER, Misbehaviour, Respond, Shapes
from tests.support.http_source import HttpSource

TOKEN = "geheim-7f3a9c"
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

_MOST_POSITIONS = 4
_MOST_POLLS = 400
_QUIET = 3

STOPS = frozenset(
    {
        Misbehaviour.UNAUTHORIZED,
        Misbehaviour.FORBIDDEN,
        Misbehaviour.REDIRECT_ELSEWHERE,
        Misbehaviour.TOO_LARGE,
    }
)
"""What stops a source until a person acts."""

MAY_PASS = frozenset(
    {
        Misbehaviour.NOT_FOUND,  # a page may have gone while a list was read
        Misbehaviour.BROKEN_BODY,  # half of some formats is a whole one
        Misbehaviour.EMPTY_PAGE,
        Misbehaviour.REPEATED_PAGE,
        Misbehaviour.CHANGED_SCHEMA,
        Misbehaviour.CLOCK_AHEAD,
        Misbehaviour.CLOCK_BEHIND,
    }
)
"""What a connector may take without an error; everything else it must report."""

_SAYS_HOW_LONG = frozenset(
    {
        Misbehaviour.TOO_MANY_FOR_SECONDS,
        Misbehaviour.TOO_MANY_UNTIL_DATE,
        Misbehaviour.UNAVAILABLE_FOR_SECONDS,
    }
)


@dataclass(frozen=True)
class HttpContract:
    """A connector and the source that it reads.

    Attributes:
        connector: makes it, from a client and the source's address; called again after each stop.
        source: makes what the source answers; called for each run.
        shapes: of its format.
        secrets: what may stand in no error and no log: query values, contents of records.
        start: when polling begins, aware, UTC.
    """

    connector: Callable[[HttpClient, str], Connector]
    source: Callable[[], Respond]
    shapes: Shapes = field(default_factory=Shapes)
    secrets: tuple[str, ...] = ()
    start: datetime = START


@dataclass(frozen=True)
class Outcome:
    """What came of a run: records in the outbox, rejects among them, errors, and requests."""

    records: list[str]
    rejects: list[str]
    errors: list[Transient | Terminal]
    requests: int


def run(
    contract: HttpContract, folder: Path, misbehaviour: Misbehaviour | None = None, after: int = 0
) -> Outcome:
    """Poll until nothing new comes, with ``misbehaviour`` at the request ``after`` (from 0)."""
    folder.mkdir()
    clock = TurnedClock(contract.start)
    slow = misbehaviour in (Misbehaviour.SLOW_BODY, Misbehaviour.SLOW_HEADERS)
    limits = Limits(connect=30, read=30, whole=0.5 if slow else 60, size=1024 * 1024)
    with HttpSource(contract.source(), contract.shapes, now=clock.now) as source:
        if misbehaviour is not None:
            source.misbehave(misbehaviour, after=after)
        with client_of(source, clock, limits) as client:
            return _Run(contract, folder / "outbox.sqlite", clock, source, client).finish()


@contextmanager
def client_of(
    source: HttpSource, clock: TurnedClock, limits: Limits | None = None
) -> Iterator[HttpxClient]:
    """Return a client of a source, with a token, that waits for nothing between requests."""
    client = HttpxClient(
        source.url,
        clock=clock,
        pace=HostPace(timedelta(0)),
        limits=limits or Limits(),
        token=Token(SecretStr(TOKEN)),
    )
    try:
        yield client
    finally:
        client.close()


class _NotPolled:
    """Stands in the source that the outbox registers."""

    def poll(self, cursor: object, now: datetime) -> Poll:
        raise AssertionError("the run polls by itself")


_SOURCE = Source("bron", (Feed(Lane.LIVE, _NotPolled()),))


class _Run:
    """Polls as a feed runner does: the same cursor again after an error, a restart after a stop."""

    def __init__(
        self,
        contract: HttpContract,
        path: Path,
        clock: TurnedClock,
        source: HttpSource,
        client: HttpClient,
    ) -> None:
        self._contract = contract
        self._path = path
        self._clock = clock
        self._source = source
        self._client = client
        self._errors: list[Transient | Terminal] = []
        self._outbox = Outbox(path, KEYED, "nijmegen", patience=5.0)

    def finish(self) -> Outcome:
        try:
            self._outbox.register([_SOURCE])
            self._poll_until_quiet()
        finally:
            self._outbox.close()
        written = unpublished(self._path)
        return Outcome(
            records=sorted(_content(record.payload) for record in written if not record.rejected),
            rejects=sorted(record.event_id for record in written if record.rejected),
            errors=self._errors,
            requests=len(self._source.asked),
        )

    def _poll_until_quiet(self) -> None:
        connector = self._connector()
        quiet = 0
        for _ in range(_MOST_POLLS):
            place = self._outbox.place(_SOURCE.name, Lane.LIVE)
            if place.done or (quiet >= _QUIET and not self._source.misbehaves):
                return
            try:
                poll = connector.poll(place.cursor, self._clock.now())
            except Transient as error:
                self._note(error)
                self._clock.turn(error.retry_after or timedelta(seconds=1))
            except Terminal as error:
                self._note(error)
                connector = self._connector()
            else:
                written = self._outbox.write(_SOURCE, Lane.LIVE, poll, self._clock.now(), None)
                if written.issued:
                    quiet = 0
                elif poll.wait > timedelta(0):
                    quiet += 1
                self._clock.turn(poll.wait)
        raise AssertionError(f"{_MOST_POLLS} polls without coming to an end")

    def _connector(self) -> Connector:
        return self._contract.connector(self._client, self._source.url)

    def _note(self, error: Transient | Terminal) -> None:
        self._errors.append(error)
        assert_tells_nothing(str(error), *self._contract.secrets)
        chain = (error.__cause__, None if error.__suppress_context__ else error.__context__)
        assert chain == (None, None), "its cause would be in a traceback, with what it quotes"


def assert_tells_nothing(text: str, *secrets: str) -> None:
    """Check that an error or a log is one line and holds no token, no query and no content."""
    assert text
    assert "\n" not in text
    assert "?" not in text
    for secret in (TOKEN, *secrets):
        assert secret not in text


def _content(payload: bytes) -> str:
    """What a record says, without when and in which order it was received."""
    record = orjson.loads(payload)
    kept = {name: record.get(name) for name in ("id", "rev", "deleted", "data")}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode()


def assert_holds(
    contract: HttpContract, misbehaviour: Misbehaviour, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Check the contract for one kind of misbehaviour, at each of the first requests in turn."""
    clean = run(contract, folder / "clean")
    assert clean.records, "a contract over nothing proves nothing"
    assert clean.errors == []
    with caplog.at_level(logging.INFO):
        for after in range(min(clean.requests, _MOST_POSITIONS)):
            outcome = run(contract, folder / str(after), misbehaviour, after)
            assert outcome.records == clean.records, f"{misbehaviour.name} at request {after}"
            _assert_told(outcome, clean, misbehaviour)
    assert caplog.records == []


def _assert_told(outcome: Outcome, clean: Outcome, misbehaviour: Misbehaviour) -> None:
    if misbehaviour is Misbehaviour.CHANGED_SCHEMA:
        assert set(outcome.rejects) >= set(clean.rejects)
        return
    assert outcome.rejects == clean.rejects
    if misbehaviour in MAY_PASS:
        return
    assert outcome.errors, "it must be told"
    kind = Terminal if misbehaviour in STOPS else Transient
    assert all(isinstance(error, kind) for error in outcome.errors)
    if misbehaviour in _SAYS_HOW_LONG:
        assert {e.retry_after for e in outcome.errors if isinstance(e, Transient)} == {RETRY_AFTER}
