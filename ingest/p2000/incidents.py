"""What is remembered of a page for an hour: keyed hashes, unit numbers and closed terms, never text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from domain.events import Incident
from domain.places import Location
from ingest.p2000.grammar import Message
from ingest.p2000.head import Service, Sort
from ingest.p2000.natures import CATEGORIES, UNKNOWN


@dataclass(frozen=True, slots=True)
class Seen:
    """An event of the last hour, as far as its repeats can change it.

    Attributes:
        id: its event id.
        first, last: times of its first and of its latest page, seconds since 1970.
        occurred: occurred_at of the event, ISO 8601, UTC.
        sort, service, category, priority, severity: as last reported.
        units: unit numbers of all its pages.
        street, spot, number, text: keyed hashes; empty where a page had none. ``text`` is of nature and
            zone, ``whole`` of the whole page.
        placed: it was reported with a street or postcode.
        sketch: keyed shingles of its zone.
        retracted: it was cancelled.
    """

    id: str
    first: int
    last: int
    occurred: str
    sort: str
    service: str
    category: str
    priority: str | None
    severity: int | None
    units: tuple[str, ...]
    street: str
    spot: str
    number: str
    text: str
    whole: str
    placed: bool
    sketch: str
    retracted: bool = False

    @property
    def known(self) -> bool:
        """Whether the page said what is going on."""
        return self.category != UNKNOWN


def merged(old: Seen, new: Seen) -> Seen:
    """Return ``old`` with what ``new`` says better or adds; ``old`` itself when that is nothing.

    The first page gives identity and time. A page that knows the nature or the street where the earlier
    one did not replaces both; a page of the same nature and street adds its units and raises priority
    and severity; any other adds nothing.
    """
    gain = (new.known, new.placed), (old.known, old.placed)
    replaces = gain[0] != gain[1] and all(a >= b for a, b in zip(*gain, strict=True))
    agrees = (new.category, new.street, new.placed) == (old.category, old.street, old.placed)
    if not replaces and not agrees:
        return old
    content = new if replaces else old
    return replace(
        content,
        id=old.id,
        first=old.first,
        last=old.last,
        occurred=old.occurred,
        number=old.number or new.number,
        units=tuple(dict.fromkeys((*old.units, *new.units))),
        priority=_higher(old.priority, new.priority),
        severity=max((s for s in (old.severity, new.severity) if s is not None), default=None),
    )


def _higher(one: str | None, other: str | None) -> str | None:
    """The graver of two priorities: a lower number is graver."""
    if one is None or other is None:
        return one or other
    return one if one[-1] <= other[-1] else other


def incident(seen: Seen, message: Message) -> Incident:
    """Return the event of ``seen``, with the place that its page ``message`` gives.

    An event that does not count carries its gemeente only: no purpose asks for more.
    """
    nature = CATEGORIES.get(seen.category)
    counts = seen.sort == Sort.INCIDENT
    where = Location(gemeente=message.gemeente)
    if counts:
        where = Location(gemeente=message.gemeente, street=message.street, pc6=message.pc6)
    return Incident(
        occurred_at=datetime.fromisoformat(seen.occurred).astimezone(UTC),
        category=seen.category,
        theme=nature.theme.value if nature and nature.theme else None,
        severity=seen.severity,
        counts=counts,
        location=where,
        service=Service(seen.service).value,
        priority=seen.priority,
        units=min(len(seen.units), 999),
    )
