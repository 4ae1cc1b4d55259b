"""When a source is asked: how often, and in which part of the day. Pure arithmetic on the clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from typing import Annotated

from pydantic import BeforeValidator

from domain.clock import from_local, to_local
from ingest.durations import Duration
from ingest.toml_table import TomlTable

_FORM = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_HOW = "write a part of the day on the clock of Amsterdam, as in 06:30-22:00"


class Window(TomlTable):
    """A part of every day on the clock of Amsterdam; over midnight where it ends before it begins.

    Attributes:
        opens: first moment.
        closes: first moment after it.
    """

    opens: time
    closes: time

    def holds(self, moment: datetime) -> bool:
        """Tell whether an aware moment lies in the window."""
        clock = to_local(moment).time()
        if self.opens < self.closes:
            return self.opens <= clock < self.closes
        return clock >= self.opens or clock < self.closes

    def next_opening(self, moment: datetime) -> datetime:
        """Return the first opening after an aware moment, UTC.

        An opening in the hour that a DST change skips is an hour later on the clock; one in the hour
        that is repeated is its first.
        """
        day = to_local(moment).date()
        while True:
            opening = from_local(datetime.combine(day, self.opens))
            if opening > moment:
                return opening
            day += timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


def _parse(value: object) -> Window:
    if isinstance(value, Window):
        return value
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    if found is None or found[1] + found[2] == found[3] + found[4]:
        raise ValueError(_HOW)
    opens, closes = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
    return Window(opens=opens, closes=closes)


class Schedule(TomlTable):
    """When a source is asked.

    Attributes:
        every: how long after an answer it is asked again, in place of what the connector proposes; None
            leaves it to the connector. A source that has more at once is asked at once.
        between: it is asked in this part of the day only; None for all day.
    """

    every: Duration | None = None
    between: Annotated[Window, BeforeValidator(_parse)] | None = None

    def wait(self, proposed: timedelta, now: datetime) -> timedelta:
        """Return how long after an answer at ``now`` the source is asked again.

        Args:
            proposed: by the connector; zero when it has more at once.
            now: aware.
        """
        wanted = proposed if self.every is None or proposed <= timedelta(0) else self.every
        return max(self.due(now + wanted) - now, timedelta(0))

    def due(self, moment: datetime) -> datetime:
        """Return the first time from an aware ``moment`` on at which the source may be asked, UTC."""
        if self.between is None or self.between.holds(moment):
            return moment.astimezone(UTC)
        return self.between.next_opening(moment)

    def first(self, polled_at: datetime | None, now: datetime) -> datetime:
        """Return when a source is asked first after a start.

        A restart does not ask earlier than the schedule would have; without ``every`` it asks at once.

        Args:
            polled_at: its last answer, aware; None for none.
            now: aware.
        """
        if polled_at is None or self.every is None:
            return self.due(now)
        return self.due(min(max(polled_at + self.every, now), now + self.every))

    @property
    def is_plain(self) -> bool:
        """Nothing is said: the connector decides."""
        return self.every is None and self.between is None
