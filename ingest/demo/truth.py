"""The truth about the escalations: what was injected where and when, for tests and benchmarks."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TypedDict

import orjson

from domain.areas import Municipality
from domain.errors import SettingsError
from ingest.demo.escalations import Escalation, Front
from ingest.demo.happenings import Happenings
from ingest.demo.hours import HOUR_MS, from_ms, to_ms


class FrontTruth(TypedDict):
    """An escalation in one wijk: area code, UTC times, and numbers of happenings.

    ``baseline`` is the ordinary number by the yearly mean, ``expected`` the mean of what is added,
    ``injected`` what was added.
    """

    wijk: str
    start: str
    end: str
    baseline: float
    expected: float
    injected: int


class InjectedTruth(TypedDict):
    """One injected happening, as it truly happened."""

    event_id: str
    wijk: str
    occurred_at: str


class EscalationTruth(TypedDict):
    """One escalation. ``size`` is in standard deviations of the ordinary number."""

    id: str
    shape: str
    theme: str
    size: float
    start: str
    end: str
    wijken: list[FrontTruth]
    events: list[InjectedTruth]


class Truth(TypedDict):
    """Every escalation that has an hour in the range ``start`` to ``end``, each one whole."""

    seed: int
    gemeente: str
    start: str
    end: str
    escalations: list[EscalationTruth]


def escalation_truth(seed: int, municipality: Municipality, start: datetime, end: datetime) -> Truth:
    """Return the escalations of a city in a range of time.

    Args:
        seed, municipality: the city.
        start, end: aware; the end is not part of the range.
    """
    happenings = Happenings(seed, municipality)
    hours = range(to_ms(start) // HOUR_MS, -(-to_ms(end) // HOUR_MS))
    return Truth(
        seed=seed,
        gemeente=municipality.code,
        start=from_ms(to_ms(start)).isoformat(),
        end=from_ms(to_ms(end)).isoformat(),
        escalations=[_escalation(happenings, e) for e in happenings.schedule.overlapping(hours)],
    )


def write_truth(
    path: Path, seed: int, municipality: Municipality, start: datetime, end: datetime
) -> None:
    """Write ``escalation_truth`` as JSON to ``path``; a reader sees the old file or the whole new one.

    Raises:
        SettingsError: the file cannot be written.
    """
    truth = escalation_truth(seed, municipality, start, end)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(orjson.dumps(truth, option=orjson.OPT_INDENT_2))
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"truth file {path}: {error.strerror}; make it writable") from error


def _escalation(happenings: Happenings, escalation: Escalation) -> EscalationTruth:
    places = happenings.places
    return EscalationTruth(
        id=escalation.id,
        shape=escalation.shape.value,
        theme=happenings.themes[escalation.theme].theme.value,
        size=escalation.size,
        start=_time(escalation.hours.start),
        end=_time(escalation.hours.stop),
        wijken=[_front(happenings, escalation, front) for front in escalation.fronts],
        events=[
            InjectedTruth(
                event_id=one.event_id,
                wijk=places[one.place].wijk.code,
                occurred_at=from_ms(one.occurred_ms).isoformat(),
            )
            for one in escalation.injected
        ],
    )


def _front(happenings: Happenings, escalation: Escalation, front: Front) -> FrontTruth:
    return FrontTruth(
        wijk=happenings.places[front.place].wijk.code,
        start=_time(front.hours.start),
        end=_time(front.hours.stop),
        baseline=round(front.baseline, 3),
        expected=round(front.expected, 3),
        injected=sum(one.place == front.place for one in escalation.injected),
    )


def _time(hour: int) -> str:
    return from_ms(hour * HOUR_MS).isoformat()
