"""Times as a person writes them: the clock of Amsterdam, unless they say otherwise."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.clock import from_local
from domain.errors import SettingsError


def parse_time(text: str, option: str, *, fold: int = 0) -> datetime:
    """Return a time that was given on the command line, in UTC.

    Args:
        text: ISO 8601: ``2026-10-25``, ``2026-10-25T02:30``, or with an offset. A day is its midnight.
        option: its name, for the message.
        fold: which of its two meanings a time has in the hour that a DST change repeats. A period that
            begins with 0 and ends with 1 leaves nothing out.

    Raises:
        SettingsError: it is no such time.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else from_local(moment, fold=fold)
    except (ValueError, OverflowError):
        raise SettingsError(
            f"{option}: write a time such as 2026-10-25 or 2026-10-25T02:30 (Europe/Amsterdam), "
            "or one with an offset: 2026-10-25T00:30Z"
        ) from None


def parse_period(since: str | None, until: str | None) -> tuple[datetime | None, datetime | None]:
    """Return first and last bound of a period, in UTC; the last is no longer a part of it.

    Raises:
        SettingsError: a time cannot be read, or the period is empty.
    """
    first = None if since is None else parse_time(since, "--from")
    last = None if until is None else parse_time(until, "--until", fold=1)
    if first is not None and last is not None and first >= last:
        raise SettingsError("--until must be later than --from (it is the first moment left out)")
    return first, last
