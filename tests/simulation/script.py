"""What the sources say in a run: polls of findings, made from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from domain.events import EventData, Figure, Incident, Inspection, Signal
from domain.places import Location
from domain.rejects import RejectReason
from domain.topics import Lane
from ingest.protocol import Draft, Finding, Repeat, Unreadable

BEGIN = datetime(2026, 3, 28, 20, tzinfo=UTC)
"""Shortly before a DST change and the end of a month."""

GEMEENTE = "GM9901"
WIJKEN = ("BU99010101", "BU99010102", "BU99010201")
PLACES: tuple[tuple[str, Location], ...] = (
    *((code, Location(wijk=code)) for code in WIJKEN),
    ("WK990102", Location(stadsdeel="WK990102")),
    (GEMEENTE, Location()),
    ("GM0225", Location(gemeente="GM0225")),
)
"""Where an event must be counted, and what its source says of where."""

THEMES = (("brand", "brand"), ("drugs", "drugs"), ("overig", "unheard-of"), ("zeden", "zeden"))
"""The theme under which it must be counted, and what its source calls it."""

SENSITIVE = "zeden"
HORIZON = timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, with what must come of its content; ``cell`` is wijk, theme, hour, kind, severity.

    ``fate`` is ``event``, ``figure``, ``future`` (a reject of streams), ``unreadable-time`` (a reject of
    the loader) or ``finding`` (no draft).
    """

    finding: Finding
    fate: str
    content: object = None
    cell: tuple[str, str, str, str, int] | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """A source: its horizon, and the polls of each of its feeds."""

    name: str
    horizon: timedelta | None
    polls: dict[Lane, list[list[Told]]]


class Script:
    """The sources of a run.

    Args:
        seed: makes it the same script again.
        events: about how many different events it tells of.
    """

    def __init__(self, seed: int, events: int) -> None:
        self._dice = random.Random(f"script {seed}")
        third = events // 3
        self.tellers = (
            Teller(
                "demo",
                None,
                {lane: self._polls("demo", lane, third, versioned=0.4) for lane in Lane},
            ),
            Teller("p2000", HORIZON, {Lane.LIVE: self._polls("p2000", Lane.LIVE, third, versioned=0.2)}),
        )

    def _polls(self, source: str, lane: Lane, events: int, versioned: float) -> list[list[Told]]:
        dice = self._dice
        placed: list[tuple[float, Told]] = []
        for number in range(events):
            begin = dice.uniform(0, 100)
            name = f"{lane.value}-{number}"
            placed += [
                (begin + dice.choice((0, 0, 1, 5, 40)) * dice.random(), told)
                for told in self._course(source, name, dice.random() < versioned)
            ]
        placed.sort(key=lambda pair: pair[0])
        left = [told for _, told in placed]
        polls = []
        while left:
            size = dice.randrange(0, 6)
            polls.append(left[:size])
            del left[:size]
        return polls

    def _course(self, source: str, name: str, versioned: bool) -> Iterator[Told]:
        """Yield what a source tells of one event: versions, repeats, retractions."""
        dice = self._dice
        if source == "p2000" and dice.random() < 0.1:
            keyed = Unreadable(name, RejectReason.UNPARSED, "message", 40, "")
            yield from [Told(keyed, "finding")] * dice.choice((1, 2))
            return
        is_figure = dice.random() < 0.08
        kind = dice.choice(("incident", "signal", "inspection"))
        for version in range(1, 1 + dice.choices((1, 2, 3, 4), (50, 25, 15, 10))[0]):
            told = self._figure() if is_figure else self._event(kind)
            deleted = version > 1 and dice.random() < 0.3
            draft = Draft(name, told[0], deleted=deleted, revision=version if versioned else None)
            full = Told(draft, told[1], (told[0], deleted), told[2])
            yield full
            if dice.random() < 0.25:
                yield full
        if source == "p2000" and dice.random() < 0.2:
            yield Told(Repeat(name), "finding")

    def _figure(self) -> tuple[EventData, str, None]:
        figure = Figure(
            measure="cbs.test",
            area=WIJKEN[0],
            period_start=date(2025, 1, 1),
            period_end=date(2026, 1, 1),
            value=float(self._dice.randrange(1000)),
            boundary_year=2024,
        )
        return figure, "figure", None

    def _event(self, kind: str) -> tuple[EventData, str, tuple[str, str, str, str, int] | None]:
        dice = self._dice
        at, fate = self._time()
        area, location = dice.choice(PLACES)
        theme, said = dice.choice(THEMES)
        if theme == SENSITIVE:
            area = "GM0225" if area == "GM0225" else GEMEENTE
        severity = dice.randrange(1, 6)
        counts = dice.random() > 0.1
        data = _data(kind, at, said, severity, counts, location)
        hour = at.strftime("%Y-%m-%d %H:00:00")
        return data, fate, (area, theme, hour, kind, severity) if counts else None

    def _time(self) -> tuple[datetime, str]:
        """Return when an event happened and what must come of it: late, in the future, impossible."""
        dice = self._dice
        at = BEGIN - timedelta(minutes=dice.randrange(0, 60 * 8))
        which = dice.random()
        if which < 0.08:
            return at - timedelta(days=40), "event"
        if which < 0.13:
            return at + timedelta(days=4000), "future"
        if which < 0.16:
            return datetime(1960, 5, 4, 11, tzinfo=UTC), "unreadable-time"
        return at, "event"


def _data(
    kind: str, at: datetime, theme: str, severity: int, counts: bool, location: Location
) -> EventData:
    common = {
        "occurred_at": at,
        "category": "test",
        "theme": theme,
        "severity": severity,
        "counts": counts,
        "location": location,
    }
    if kind == "incident":
        return Incident.model_validate(common)
    if kind == "signal":
        return Signal.model_validate(common)
    return Inspection.model_validate(common | {"case": "case-1", "result": "compliant"})
