"""Pages from an RSS or Atom feed on the web: the same grammar and folding as for a receiver's lines."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.metrics import Counter
from domain.rejects import RejectReason
from ingest.http.protocol import HttpClient
from ingest.keys import KeyedHash
from ingest.p2000.cursor import from_cursor, to_cursor
from ingest.p2000.feed_items import Item, read_items
from ingest.p2000.folding import Folder
from ingest.p2000.grammar import Grammar
from ingest.p2000.incidents import Seen
from ingest.protocol import Cursor, Finding, Poll, Unreadable

VERSION = 1
"""Version of the cursor."""

MAX_KNOWN = 2_000
"""Items remembered as read; twice as many as one answer may have."""

_NOT_MODIFIED = 304
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WebFeedState:
    """What a web feed remembers between polls; this, as JSON, is its cursor.

    Attributes:
        etag, last_modified: of the last answer.
        known: keyed hashes of items that were read, oldest first.
        window: the events of the last hour of page time.
    """

    etag: str | None = None
    last_modified: str | None = None
    known: tuple[str, ...] = ()
    window: tuple[Seen, ...] = ()
    version: int = VERSION


class WebFeedConnector:
    """Polls a feed of pages. It remembers nothing but what is in the cursor.

    An item that was read is not looked at again, whatever its text is then: feeds change the titles of
    their items, and a page is never changed.

    Args:
        client: asks the feed.
        url: of the feed.
        grammar: reads the texts.
        keyed: makes identities.
        interval: between two requests.
        local_times: the feed writes the clock of Amsterdam and calls it another zone.
    """

    def __init__(
        self,
        client: HttpClient,
        url: str,
        grammar: Grammar,
        keyed: KeyedHash,
        interval: timedelta,
        *,
        local_times: bool = False,
    ) -> None:
        self._client = client
        self._url = url
        self._grammar = grammar
        self._keyed = keyed
        self._folder = Folder(keyed)
        self._interval = interval
        self._local_times = local_times

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """See ``Connector``."""
        state = from_cursor(WebFeedState, cursor)
        answer = self._client.get(self._url, etag=state.etag, last_modified=state.last_modified)
        if answer.status == _NOT_MODIFIED:
            return Poll((), to_cursor(state), self._interval)
        known = dict.fromkeys(state.known)
        window: Sequence[Seen] = state.window
        findings: list[Finding] = []
        filtered: Tally[Counter] = Tally()
        for item in read_items(answer.body, local_times=self._local_times):
            mark = self._keyed.id("p2000-item", item.key)
            if mark in known:
                continue
            known[mark] = None
            finding, window = self._found(item, mark, window, now)
            if finding is None:
                filtered[Counter.FILTERED_OTHER_REGION] += 1
            else:
                findings.append(finding)
        after = WebFeedState(answer.etag, answer.last_modified, tuple(known)[-MAX_KNOWN:], tuple(window))
        return Poll(findings, to_cursor(after), self._interval, filtered)

    def _found(
        self, item: Item, mark: str, window: Sequence[Seen], now: datetime
    ) -> tuple[Finding | None, Sequence[Seen]]:
        if not item.text:
            return self._unreadable(item, mark, "title"), window
        if item.moment is None or not _EARLIEST <= item.moment <= now + _AHEAD:
            return self._unreadable(item, mark, "time"), window
        message = self._grammar.read(item.text)
        if message is None:
            return None, window
        folded = self._folder.fold(window, message, item.moment, item.moment)
        return folded.finding, folded.window

    def _unreadable(self, item: Item, mark: str, field: str) -> Unreadable:
        return Unreadable(
            event_id=self._keyed.id("p2000-unread-item", mark),
            reason=RejectReason.UNPARSED,
            field=field,
            length=item.size,
            value_hash=self._keyed.id("p2000-value", item.text),
        )
