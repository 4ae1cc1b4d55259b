"""The NDW connector: every poll reads the whole feed, and takes what is new of it."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal
from xml.etree.ElementTree import Element

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import SourceRefused
from domain.metrics import Counter
from ingest.http.protocol import HttpClient
from ingest.keys import KeyedHash
from ingest.ndw.drafts import DraftMaker
from ingest.ndw.kinds import KINDS
from ingest.ndw.publication import situations
from ingest.ndw.record import FieldAtFault, record_of, type_of
from ingest.protocol import Cursor, Finding, Poll
from ingest.xml_reading import local_name

MAX_KNOWN = 2_000
"""Records remembered as read. Those beyond it are read again in each poll, and are duplicates."""

MAX_GIVEN = 2_000
"""Records remembered as incidents of the municipality: only of these a later version that is no longer
one can be taken back."""

MAX_RECORDS = 50_000
"""Records in one answer; the country has some hundreds. More are refused, not passed over."""

_NOT_MODIFIED = 304
_AHEAD = timedelta(minutes=10)
_MARK = 12


class State(BaseModel):
    """What is remembered between polls; this, as JSON, is the cursor.

    Attributes:
        etag, last_modified: of the last answer.
        known: marks of the versions of records in it that were read.
        given: marks of the records that count as incidents here, the latest last.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1] = 1
    etag: str | None = None
    last_modified: str | None = None
    known: tuple[str, ...] = ()
    given: tuple[str, ...] = ()


@dataclass
class _Reading:
    """What is made of one answer; ``given`` begins as it was before."""

    given: dict[str, None]
    findings: list[Finding] = field(default_factory=list)
    known: dict[str, None] = field(default_factory=dict)
    filtered: Tally[Counter] = field(default_factory=Tally)
    announced: bool = False


class NdwConnector:
    """Reads the feed. It remembers nothing but what is in the cursor.

    Args:
        client: asks the feed.
        url: of the feed.
        drafts: makes findings.
        keyed: makes marks.
        interval: between two requests.
    """

    def __init__(
        self, client: HttpClient, url: str, drafts: DraftMaker, keyed: KeyedHash, interval: timedelta
    ) -> None:
        self._client = client
        self._url = url
        self._drafts = drafts
        self._keyed = keyed
        self._interval = interval

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        state = _state(cursor)
        answer = self._client.get(self._url, etag=state.etag, last_modified=state.last_modified)
        if answer.status == _NOT_MODIFIED:
            return Poll((), state.model_dump(mode="json"), self._interval)
        reading, before = _Reading(dict.fromkeys(state.given)), frozenset(state.known)
        for number, (situation, element) in enumerate(_records(situations(answer))):
            if number == MAX_RECORDS:
                raise SourceRefused(f"{answer.where}: the feed has more than {MAX_RECORDS} records")
            self._read(reading, before, situation, element, now)
        after = State(
            # What is announced begins without a change of the feed.
            etag=None if reading.announced else answer.etag,
            last_modified=None if reading.announced else answer.last_modified,
            known=tuple(reading.known)[:MAX_KNOWN],
            given=tuple(reading.given)[-MAX_GIVEN:],
        )
        return Poll(reading.findings, after.model_dump(mode="json"), self._interval, reading.filtered)

    def _read(
        self,
        reading: _Reading,
        before: frozenset[str],
        situation: Element,
        element: Element,
        now: datetime,
    ) -> None:
        key, version = element.get("id") or "", element.get("version") or ""
        mark, own = self._mark(key, version), self._mark(key, "")
        if mark in before:
            reading.known[mark] = None
            return
        is_ours = type_of(element) in KINDS
        if not is_ours and own not in reading.given:
            reading.known[mark] = None
            reading.filtered[Counter.FILTERED_LEFT_OUT] += 1
            return
        try:
            record = record_of(situation, element)
        except FieldAtFault as fault:
            reading.known[mark] = None
            reading.findings.append(self._drafts.unreadable(element, str(fault)))
            return
        counted, is_ahead = own in reading.given, record.began > now + _AHEAD
        if is_ahead and not (counted and record.cancelled):
            reading.announced = True  # it is looked at again until it has begun
            return
        reading.known[mark] = None
        draft = self._drafts.make(record) if is_ours and not is_ahead else None
        if draft is None and counted:
            # Cancelled before it began or without a place, moved out of the municipality, or found to be
            # something else.
            draft = self._drafts.taken_back(record, now)
        if draft is None:
            reading.filtered[Counter.FILTERED_OTHER_REGION] += 1
            return
        reading.given.pop(own, None)
        if not draft.deleted:
            reading.given[own] = None
        reading.findings.append(draft)

    def _mark(self, key: str, version: str) -> str:
        return self._keyed.id("ndw-mark", key, version)[:_MARK]


def _state(cursor: Cursor | None) -> State:
    try:
        return State() if cursor is None else State.model_validate(cursor)
    except ValidationError:
        raise SourceRefused(
            "ndw: the saved place is of another version; start with a new data folder"
        ) from None


def _records(found: Iterator[Element]) -> Iterator[tuple[Element, Element]]:
    for situation in found:
        for element in situation:
            if local_name(element) == "situationRecord":
                yield situation, element
