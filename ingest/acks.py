"""What is durable in the warehouse leaves the outbox: what topic ``acks`` says.

A broker that forgets is the reason to keep records until then. A lost ack costs a republish, no more; an
ack that is heard twice trims nothing the second time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import structlog
from pydantic import TypeAdapter

from domain.rows import AckRow
from domain.vitals import Vitals
from ingest.measuring import tell_trimmed
from ingest.outbox.store import Outbox
from ingest.outbox.trimming import Range

_ACK = TypeAdapter(AckRow)


class AckTrimmer:
    """Trims the outbox by acks.

    Args:
        outbox: that is trimmed.
        vitals: is told how many records leave the outbox.
    """

    def __init__(self, outbox: Outbox, vitals: Vitals | None = None) -> None:
        self._outbox = outbox
        self._vitals = vitals or Vitals()
        self._log = structlog.get_logger(__name__)

    def apply(self, values: Iterable[bytes]) -> int:
        """Trim by the values of some acks; return how many records left the outbox."""
        ranges: dict[tuple[str, bool], list[Range]] = defaultdict(list)
        unreadable = 0
        for value in values:
            try:
                ack = _ACK.validate_json(value)
                key = (ack["source"], ack.get("rejected", False))
                ranges[key] += [(first, last) for first, last in ack["ranges"]]
            except ValueError:
                # Also pydantic's: without it the records stay and are published again, which is safe.
                unreadable += 1
        if unreadable:
            self._log.warning("acks_unreadable", count=unreadable)
        trimmed = sum(
            self._outbox.trim(source, covered, rejected=rejected)
            for (source, rejected), covered in ranges.items()
        )
        tell_trimmed(self._vitals, trimmed)
        return trimmed
