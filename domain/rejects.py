"""Why a record is rejected: a closed list."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum


class RejectReason(StrEnum):
    """The reasons. ``PRIVACY`` and ``UNPARSED`` are given in ingest and keep no bytes of the record."""

    PRIVACY = "privacy"
    """A field held what looks like personal data."""
    UNPARSED = "unparsed"
    """The source's own format could not be read."""
    TOO_LATE = "too_late"
    """An unversioned record from before the horizon within which the source's ids are remembered."""
    TOO_LARGE = "too_large"
    """The record is larger than an event may be."""
    INVALID = "invalid"
    """Not an event: a field is missing, of the wrong type, or out of range."""
    SCHEMA_VERSION = "schema_version"
    """An event of a version that this program does not know."""
    FUTURE = "future"
    """Occurred later than received, beyond the tolerance."""


WITHOUT_RECORD: frozenset[RejectReason] = frozenset({RejectReason.PRIVACY, RejectReason.UNPARSED})
"""Reasons under which no byte of the record is kept."""

RECORD_KEPT = timedelta(days=14)
"""How long the record of a reject is kept, from its receipt."""
