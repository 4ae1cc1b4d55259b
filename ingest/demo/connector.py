"""The demo city as two feeds of one source: live, and a year of history beside it.

Both agree on where one ends and the other begins: ``boundary_of`` the source's first start, which the
caller keeps. Live begins a little before the first start, so that its first poll has something to show.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from domain.areas import Municipality
from domain.errors import SettingsError, SourceRefused
from ingest.demo.generator import City, Emission
from ingest.protocol import Connector, Cursor, Finding, Period, Poll

LOOK_BACK = timedelta(hours=2)
"""Live begins at the last full hour this long before the first start, or earlier."""

_LIVE_CHUNK = timedelta(hours=6)  # some 1,100 findings, nearly all of them pulses
_HISTORY_CHUNK = timedelta(days=5)  # some 1,200 findings
_LONGEST_WAIT = timedelta(seconds=30)
_JUST_AFTER = timedelta(milliseconds=50)


def boundary_of(first_start: datetime) -> datetime:
    """Return the moment at which history ends and live begins: a full hour, UTC."""
    earlier = first_start.astimezone(UTC) - LOOK_BACK
    return earlier.replace(minute=0, second=0, microsecond=0)


def demo_live(
    seed: int, municipality: Municipality, first_start: datetime, *, pulses: bool = True
) -> Connector:
    """Return the live feed: everything emitted since ``boundary_of(first_start)``.

    Time that passed while it was not polled is filled in, in chunks without a wait between them.

    Args:
        seed: seed of the city; must stay the same for one data directory.
        municipality: whose wijken the city has.
        first_start: when the source was first started, aware; must stay the same too.
        pulses: with the uncounted messages in between (see ``pulses``).
    """
    return _Live(City(seed, municipality), boundary_of(first_start), pulses)


def demo_history(
    seed: int, municipality: Municipality, first_start: datetime, days: int = 365
) -> Connector:
    """Return the history feed: everything but pulses emitted in ``days`` before the live feed begins.

    The newest days come first, since they matter most to what is normal now; corrections may therefore
    come before what they correct, and the revisions set that right.

    Args:
        seed, municipality, first_start: as for ``demo_live``.
        days: length of the history, positive.

    Raises:
        SettingsError: ``days`` is not positive.
    """
    if days < 1:
        raise SettingsError("demo: a history has at least one day")
    return _History(City(seed, municipality), boundary_of(first_start), timedelta(days=days))


def demo_period(seed: int, municipality: Municipality, period: Period) -> Connector:
    """Return a feed of everything but pulses that was emitted in a period.

    Args:
        seed, municipality: as for ``demo_live``.
        period: not before the city's beginning.
    """
    return _History(City(seed, municipality), period.until, period.until - period.since)


class _Live:
    def __init__(self, city: City, boundary: datetime, pulses: bool) -> None:
        self._city = city
        self._boundary = boundary
        self._pulses = pulses

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        start = self._boundary if cursor is None else _read(cursor, "at", self._city.seed)
        end = max(start, min(now, start + _LIVE_CHUNK))
        emissions = self._city.emissions(start, end, pulses=self._pulses)
        wait = timedelta(0) if end < now else self._until_next(end, now)
        return Poll(_findings(emissions), {"seed": self._city.seed, "at": end.isoformat()}, wait)

    def _until_next(self, end: datetime, now: datetime) -> timedelta:
        # A clock that was set back leaves ``end`` in the future; nothing is emitted twice for that.
        coming = self._city.emissions(end, end + _LONGEST_WAIT, pulses=self._pulses)
        wait = coming[0].at - now if coming else _LONGEST_WAIT
        # The end of a window is not part of it: poll just after the next emission, not at it.
        return min(wait + _JUST_AFTER, _LONGEST_WAIT)


class _History:
    def __init__(self, city: City, boundary: datetime, length: timedelta) -> None:
        self._city = city
        self._boundary = boundary
        self._length = length

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:  # noqa: ARG002 - the past is fixed
        seed = self._city.seed
        # What the first poll took for the boundary holds for all later ones.
        until = self._boundary if cursor is None else _read(cursor, "until", seed)
        end = until if cursor is None else _read(cursor, "at", seed)
        oldest = until - self._length
        start = min(end, max(oldest, end - _HISTORY_CHUNK))
        return Poll(
            findings=_findings(self._city.emissions(start, end)),
            cursor={"seed": seed, "until": until.isoformat(), "at": start.isoformat()},
            wait=timedelta(0),
            done=start <= oldest,
            progress=min(1.0, (until - start) / self._length),
        )


def _findings(emissions: Sequence[Emission]) -> list[Finding]:
    return [emission.finding for emission in emissions]


def _read(cursor: Cursor, name: str, seed: int) -> datetime:
    """Return a moment kept in a cursor.

    Raises:
        SettingsError: the cursor belongs to a city with another seed.
        SourceRefused: it is not a cursor of this source.
    """
    if cursor.get("seed") != seed:
        raise SettingsError(
            f"demo: this data directory holds the city with seed {cursor.get('seed')}; "
            "use that seed or another data directory"
        )
    try:
        moment = datetime.fromisoformat(str(cursor[name]))
        return moment.astimezone(UTC)
    except (KeyError, ValueError):
        raise SourceRefused(
            f"demo: the cursor has no moment '{name}'; use another data directory"
        ) from None
