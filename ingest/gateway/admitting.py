"""From pushed events to drafts: what a client may hand in, and what of it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ingest.gateway.clients import Client
from ingest.gateway.config import FindPersonal
from ingest.gateway.models import TYPE_OF, PushedEvent, PushedInspection
from ingest.gateway.problems import Fault, body_fault, header_fault, invalid, out_of_scope, personal
from ingest.gateway.reading import PREFIX, Mode
from ingest.keys import KeyedHash
from ingest.protocol import Draft

AHEAD = timedelta(minutes=15)
"""How far an event may lie in the future: clocks differ. Streams reject what is later."""


class Admission:
    """Judges the events of a client.

    Args:
        keyed: for what is kept of ids and cases.
        find_personal: the second privacy net.
    """

    def __init__(self, keyed: KeyedHash, find_personal: FindPersonal) -> None:
        self._keyed = keyed
        self._find_personal = find_personal

    def drafts(
        self, client: Client, mode: Mode, events: Sequence[PushedEvent], now: datetime
    ) -> list[Draft]:
        """Return the events as the outbox takes them.

        Args:
            client: who hands them in.
            mode: of the request, to say where a fault is.
            events: in their order.
            now: aware.

        Raises:
            Refused: one of them holds personal data, is not for this key, or contradicts itself.
        """
        for find, refuse in (
            (self._personal, personal),
            (lambda event: _beyond(client, event), out_of_scope),
            (lambda event: _contradictions(event, now), invalid),
        ):
            faults = [
                _placed(path, code, detail, mode, index)
                for index, event in enumerate(events)
                for path, code, detail in find(event)
            ]
            if faults:
                raise refuse(faults)
        return [self._draft(event) for event in events]

    def _personal(self, event: PushedEvent) -> Iterator[tuple[str, str, str]]:
        """Yield each string that the sender may choose and that looks like personal data."""
        chosen = {"id": event.id, "source": event.source, "data/category": event.data.category}
        if isinstance(event.data, PushedInspection):
            chosen["data/case"] = event.data.case
        for path, text in chosen.items():
            if self._find_personal(text) is not None:
                yield path, "privacy", "looks like personal data; use a number or a random id of yours"

    def _draft(self, event: PushedEvent) -> Draft:
        case = event.data.case if isinstance(event.data, PushedInspection) else ""
        return Draft(
            self._keyed.id("pushed", event.source, event.id),
            event.data.event(self._keyed.id("pushed-case", event.source, case)),
            deleted=event.deleted,
            revision=None if event.sequence is None else int(event.sequence),
        )


def _beyond(client: Client, event: PushedEvent) -> Iterator[tuple[str, str, str]]:
    if event.source != client.urn:
        yield "source", "out_of_scope", "is not the source that this key is for"
    if event.data.theme not in client.themes:
        yield "data/theme", "out_of_scope", "is no theme that this key is for"
    if event.data.category not in client.categories:
        yield "data/category", "out_of_scope", "is no category that this key is for"


def _contradictions(event: PushedEvent, now: datetime) -> Iterator[tuple[str, str, str]]:
    place = event.data.location
    if event.type != TYPE_OF[event.data.kind]:
        yield "type", "contradiction", "does not fit the kind of the data"
    if event.sequence is not None and event.sequencetype is None:
        yield "sequencetype", "missing", "is missing: with a sequence it is Integer"
    if event.subject not in (None, place.wijk, place.stadsdeel, place.gemeente):
        yield "subject", "contradiction", "is not an area code of the location"
    if (place.lat is None) != (place.lon is None):
        yield "data/location", "missing", "has one of lat and lon without the other"
    if event.data.occurred_at > now + AHEAD:
        yield "data/occurredAt", "future", "lies in the future; check the clock and its offset"


def _placed(path: str, code: str, detail: str, mode: Mode, index: int) -> Fault:
    if mode is Mode.BATCH:
        return body_fault(f"/{index}/{path}", code, detail, index)
    if mode is Mode.STRUCTURED:
        return body_fault(f"/{path}", code, detail)
    if path.startswith("data/"):
        return body_fault(path.removeprefix("data"), code, detail)
    return header_fault(PREFIX + path, code, detail)
