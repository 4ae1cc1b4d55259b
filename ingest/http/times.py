"""Times in the headers of an answer (RFC 9110: ``Date``, ``Retry-After``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MOST_RETRY_AFTER = timedelta(days=1)
"""Nobody is waited for longer than this, whatever they ask: a wrong header may not end a source."""


def http_date(text: str | None) -> datetime | None:
    """Return the UTC time in an HTTP date; None for anything else."""
    if text is None:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def retry_after(text: str | None, server_time: datetime | None, now: datetime) -> timedelta | None:
    """Return how long a source asks us to wait; None when it does not say, or says a time gone by.

    Args:
        text: the header: seconds, or an HTTP date.
        server_time: what the source's own clock said in the same answer. A date is measured from it,
            so that a clock that is wrong on either side does no harm.
        now: our time, aware, in place of that.
    """
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=min(int(text[:9]), MOST_RETRY_AFTER.total_seconds()))
    else:
        until = http_date(text)
        if until is None:
            return None
        wait = min(until - (server_time or now), MOST_RETRY_AFTER)
    return wait if wait > timedelta(0) else None
