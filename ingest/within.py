"""A period out of a source that can only be read from its beginning."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ingest.outbox.identity import occurred_at
from ingest.protocol import Connector, Cursor, Draft, Finding, Period, Poll


class Within:
    """A connector that lets only events of a period through; what has no time of its own stays out.

    Args:
        connector: reads the source from its beginning to ``done``.
        period: of the events.
    """

    def __init__(self, connector: Connector, period: Period) -> None:
        self._connector = connector
        self._period = period

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        """Return what the source has in the period; raises as the connector does."""
        poll = self._connector.poll(cursor, now)
        return replace(poll, findings=[f for f in poll.findings if self._holds(f)], filtered={})

    def _holds(self, finding: Finding) -> bool:
        moment = occurred_at(finding.data) if isinstance(finding, Draft) else None
        return moment is not None and self._period.since <= moment < self._period.until
