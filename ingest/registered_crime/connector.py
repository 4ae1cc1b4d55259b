"""The connector: a period in each poll, in rounds, because what was published is revised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.metrics import Counter
from ingest.protocol import Cursor, Finding, Poll
from ingest.registered_crime.drafts import DraftMaker
from ingest.registered_crime.service import TableService
from ingest.registered_crime.tables import Choice

_AT_ONCE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Rounds:
    """What is read, and how often.

    Attributes:
        choice: which periods.
        interval: between two rounds; None reads one round, and that is all.
    """

    choice: Choice
    interval: timedelta | None


class RegisteredCrimeConnector:
    """Reads one period in each poll. The cursor is the key of the period that was read last.

    Args:
        service: asks for periods and rows.
        drafts: makes findings.
        rounds: what is read.
    """

    def __init__(self, service: TableService, drafts: DraftMaker, rounds: Rounds) -> None:
        self._service = service
        self._drafts = drafts
        self._rounds = rounds

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:  # noqa: ARG002 - the table tells
        """See ``Connector``."""
        after = str(cursor["after"]) if cursor and cursor["after"] is not None else ""
        chosen = self._rounds.choice(self._service.periods())
        left = [period for period in chosen if period.key > after]
        if not left:
            return self._round_over((), {})
        period = left[0]
        made = [self._drafts.make(row, period) for row in self._service.rows(period)]
        findings = [finding for finding in made if finding is not None]
        filtered = {Counter.FILTERED_LEFT_OUT: len(made) - len(findings)}
        if len(left) == 1:
            return self._round_over(findings, filtered)
        progress = None if self._rounds.interval else 1 - (len(left) - 1) / len(chosen)
        return Poll(findings, {"after": period.key}, _AT_ONCE, filtered, progress=progress)

    def _round_over(self, findings: Sequence[Finding], filtered: Mapping[Counter, int]) -> Poll:
        interval = self._rounds.interval
        if interval is None:
            return Poll(findings, {"after": None}, _AT_ONCE, filtered, done=True, progress=1.0)
        return Poll(findings, {"after": None}, interval, filtered)
