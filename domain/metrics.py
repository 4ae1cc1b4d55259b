"""The vocabulary of counters: a name that is not here is a typing error."""

from __future__ import annotations

from enum import StrEnum


class Counter(StrEnum):
    """Durable counters that ingest keeps per source, in the outbox transaction."""

    RECEIVED = "received"
    DUPLICATE = "duplicate"
    FILTERED_OTHER_REGION = "filtered_other_region"
    """Pages for another region: dropped before a receipt."""
    FILTERED_NOT_TEXT = "filtered_not_text"
    """Lines of a paging stream that carry no text message."""
