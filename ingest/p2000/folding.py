"""Folding: which pages speak of one incident.

Every alarm is paged several times: to each receiver, again when it was not acknowledged, cut short,
garbled by noise, and once more with every unit that is sent after. Pages fold within a sliding hour
of page time, on evidence that two different incidents do not share by chance; in doubt they stay
two events. Services are never folded together. What is compared is in ``incidents.Seen``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.keys import KeyedHash
from ingest.p2000.grammar import Message
from ingest.p2000.head import Service, Sort
from ingest.p2000.incidents import Seen, incident, merged
from ingest.p2000.shingles import Shingler, likeness
from ingest.protocol import Draft, Finding, Repeat

WINDOW_S = 3600
"""Length of the sliding window, in seconds of page time."""
MAX_SEEN = 500
"""Events remembered at most; the oldest are forgotten first."""

_OTHER_CALL_S = 600
_SAME_RUN_S = 900
_CUT_SHORT_S = 120
_NOISE_S = 10
_ALIKE = 0.6
_CONTAINED = 0.9
_MIN_CONTAINED = 6
_MEDICAL = frozenset({Service.AMBULANCE.value, Service.TRAUMA.value})
_HASH_CHARS = 12


@dataclass(frozen=True, slots=True)
class Folded:
    """A finding, and what is remembered after it."""

    finding: Finding
    window: tuple[Seen, ...]


class Folder:
    """Folds the pages of one source. It keeps nothing itself: the window comes and goes.

    Args:
        keyed: makes ids and what is compared.
        max_seen: events remembered at most.
    """

    def __init__(self, keyed: KeyedHash, max_seen: int = MAX_SEEN) -> None:
        self._keyed = keyed
        self._max_seen = max_seen
        self._shingler = Shingler(keyed)

    def fold(
        self, window: Sequence[Seen], message: Message, page: datetime, occurred: datetime
    ) -> Folded:
        """Return what a page adds to the events of the last hour.

        Args:
            window: what the previous call returned.
            message: what the page says.
            page: time of the page in the source, UTC; identity and window go by it.
            occurred: the same moment on the clock that events are reported in, UTC.
        """
        new = self._seen(message, page, occurred)
        recent = [s for s in window if abs(new.first - s.last) <= WINDOW_S]
        if message.sort is Sort.CANCEL:
            return self._cancel(recent, new, message)
        match = next((s for s in _candidates(recent, new)), None)
        if match is None:
            return self._add(recent, new, message)
        better = match if match.retracted else merged(match, new)
        kept = replace(better, last=max(match.last, new.first))
        same = better == match
        finding = Repeat(match.id) if same else Draft(match.id, incident(better, message))
        return Folded(finding, _swap(recent, match, kept))

    def _cancel(self, recent: list[Seen], new: Seen, message: Message) -> Folded:
        """Retract the incident that is cancelled; without one, add an event that does not count."""
        found = next((s for s in reversed(recent) if _cancels(new, s)), None)
        if found is None:
            again = next((s for s in recent if s.sort == Sort.CANCEL and s.text == new.text), None)
            if again:
                return Folded(Repeat(again.id), tuple(recent))
            return self._add(recent, replace(new, category=Sort.CANCEL.value, severity=None), message)
        if found.retracted:
            return Folded(Repeat(found.id), tuple(recent))
        gone = replace(found, retracted=True, last=max(found.last, new.first))
        draft = Draft(found.id, incident(found, message), deleted=True)
        return Folded(draft, _swap(recent, found, gone))

    def _seen(self, message: Message, page: datetime, occurred: datetime) -> Seen:
        return Seen(
            id=self._keyed.id("p2000", page.isoformat(), message.text),
            first=int(page.timestamp()),
            last=int(page.timestamp()),
            occurred=occurred.isoformat(),
            sort=message.sort.value,
            service=message.service.value,
            category=message.category,
            priority=message.priority,
            severity=message.severity,
            units=message.units,
            street=self._hash("street", message.street),
            spot=self._hash("spot", message.spot),
            number=self._hash("number", message.number),
            text=self._hash("text", f"{message.category} {message.zone}"),
            whole=self._hash("whole", message.text),
            placed=message.street is not None or message.pc6 is not None,
            sketch=self._shingler.sketch(message.zone),
        )

    def _add(self, recent: list[Seen], new: Seen, message: Message) -> Folded:
        return Folded(Draft(new.id, incident(new, message)), (*recent, new)[-self._max_seen :])

    def _hash(self, kind: str, value: str | None) -> str:
        return self._keyed.id("p2000-fold", kind, value)[:_HASH_CHARS] if value else ""


def _swap(recent: list[Seen], old: Seen, new: Seen) -> tuple[Seen, ...]:
    return tuple(new if s is old else s for s in recent)


def _candidates(recent: list[Seen], new: Seen) -> list[Seen]:
    """The events that ``new`` repeats: strongest evidence first, then the latest."""
    ranked = [(rank, -index, s) for index, s in enumerate(recent) if (rank := _rank(s, new)) is not None]
    return [s for *_, s in sorted(ranked, key=lambda item: item[:2])]


def _rank(old: Seen, new: Seen) -> int | None:
    """How firmly ``new`` repeats ``old``: 0 is certain; None is not at all."""
    if _another_run(old, new):
        return None
    if old.whole == new.whole:
        return 0
    if (old.sort, old.service) != (new.sort, new.service) or old.retracted:
        return None
    if new.sort != Sort.INCIDENT:
        return 1 if old.text == new.text else None
    if old.number and old.number == new.number:
        return 1
    if new.text == old.text and (new.spot or new.service not in _MEDICAL):
        return 2
    if new.known and new.category == old.category and new.spot and new.spot == old.spot and new.placed:
        return 3
    if _same_unit(old, new):
        return 4
    return 5 if _noisy_copy(old, new) else None


def _another_run(old: Seen, new: Seen) -> bool:
    """Two numbers are two runs of an ambulance; of the police, two calls that may be about one incident.

    Pages to no unit at all, as in a night with more fires than fire engines, say little that tells two
    incidents in a street apart: they count as one for as long as two calls do.
    """
    later = abs(new.first - old.last) > _OTHER_CALL_S
    if old.number and new.number and old.number != new.number:
        return later or new.service in _MEDICAL
    return later and not (old.number or new.number or old.units or new.units)


def _same_unit(old: Seen, new: Seen) -> bool:
    """An ambulance or helicopter that is told the rest of its run."""
    return (
        new.service in _MEDICAL
        and not set(old.units).isdisjoint(new.units)
        and abs(new.first - old.last) <= _SAME_RUN_S
        and (old.spot == new.spot or not old.spot or not new.spot)
    )


def _noisy_copy(old: Seen, new: Seen) -> bool:
    """The same page with wrong or missing letters, moments apart."""
    apart = abs(new.first - old.last)
    if new.service in _MEDICAL or apart > _CUT_SHORT_S:
        return False
    alike, contained = likeness(old.sketch, new.sketch)
    if apart <= _NOISE_S and alike >= _ALIKE and not set(old.units).isdisjoint(new.units):
        return True
    if old.known and new.known and old.category != new.category:
        return False
    if apart <= _NOISE_S and (alike >= _ALIKE or (new.units and new.units == old.units)):
        return True
    shortest = min(len(old.sketch), len(new.sketch)) // 4
    return contained >= _CONTAINED and shortest >= _MIN_CONTAINED and old.spot != "" and new.spot != ""


def _cancels(new: Seen, old: Seen) -> bool:
    if old.sort != Sort.INCIDENT or (old.service != new.service):
        return False
    if new.number and new.number == old.number:
        return True
    same_nature = new.category == old.category
    if same_nature and (new.spot == old.spot if new.spot or old.spot else new.text == old.text):
        return True
    shared = not set(old.units).isdisjoint(new.units)
    return shared and (same_nature or not new.known) and not (new.spot and old.spot)
