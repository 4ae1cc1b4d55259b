"""What a person writes to choose rejects, as a filter."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.clock import from_local
from domain.errors import SettingsError
from domain.rejects import RejectReason
from warehouse.rejects import RejectFilter


def choose(
    *,
    source: str | None = None,
    receipt: int | None = None,
    reason: str | None = None,
    field: str | None = None,
    code: str | None = None,
    since: str | None = None,
    until: str | None = None,
) -> RejectFilter:
    """Return the filter.

    Args:
        reason: one of ``RejectReason``.
        since, until: a day or a moment in ISO 8601; without an offset on the clock of Amsterdam.
        source, receipt, field, code: as in ``RejectFilter``.

    Raises:
        SettingsError: no such reason, or not a time.
    """
    return RejectFilter(
        source=source,
        receipt=receipt,
        reason=None if reason is None else _reason(reason),
        field=field,
        code=code,
        since=None if since is None else _moment("--since", since),
        until=None if until is None else _moment("--until", until),
    )


def _reason(text: str) -> RejectReason:
    try:
        return RejectReason(text)
    except ValueError:
        names = ", ".join(RejectReason)
        raise SettingsError(f"--reason {text}: no such reason; choose from {names}") from None


def _moment(option: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(
            f"{option} {text}: write a day or a moment, such as 2026-03-01 or 2026-03-01T14:30"
        ) from None
    return from_local(moment) if moment.tzinfo is None else moment.astimezone(UTC)


def one_source(argument: str | None, receipt: int | None, option: str | None) -> str | None:
    """Return the source that is meant, by argument or by option.

    Raises:
        SettingsError: both, or an argument without its receipt.
    """
    if argument is None:
        return option
    if receipt is None or option is not None:
        raise SettingsError("write SOURCE RECEIPT for one reject, or options for many")
    return argument


def require_choice(chosen: RejectFilter, *, every: bool) -> RejectFilter:
    """Return the filter; one that means everything only where that was said.

    Raises:
        SettingsError: it was not.
    """
    if chosen.is_empty and not every:
        raise SettingsError("say which rejects: SOURCE RECEIPT, options such as --reason, or --all")
    return chosen


def in_words(chosen: RejectFilter) -> str:
    """Return what is meant, for the trail."""
    where = f"rejected/{chosen.source or '*'}/{chosen.receipt or '*'}"
    given = {"reason": chosen.reason, "field": chosen.field, "code": chosen.code}
    times = {"since": chosen.since, "until": chosen.until}
    parts = [f"{name}={value}" for name, value in given.items() if value is not None]
    parts += [f"{name}={value.isoformat()}" for name, value in times.items() if value is not None]
    return where + ("?" + "&".join(parts) if parts else "")
