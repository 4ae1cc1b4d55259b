"""What a P2000 feed remembers between polls; this, as JSON, is its cursor."""

from __future__ import annotations

from dataclasses import dataclass, field

from ingest.p2000.archive import ArchiveState
from ingest.p2000.decoding import Layout
from ingest.p2000.incidents import Seen
from ingest.p2000.inputs import Mark
from ingest.p2000.pacing import Anchor

VERSION = 1
"""Version of the cursor."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """Place and memory of a feed.

    Attributes:
        mark: place in the input; None before the first line.
        layout: how the input writes pages; None as long as it was empty.
        archive: what is known of the rows before.
        joined: offsets of lines that were used ahead of their turn.
        anchor: what ties a recording to the clock; None before its first page.
        window: the events of the last hour of page time, oldest first.
    """

    mark: Mark | None = None
    layout: Layout | None = None
    archive: ArchiveState = field(default_factory=ArchiveState)
    joined: tuple[int, ...] = ()
    anchor: Anchor | None = None
    window: tuple[Seen, ...] = ()
    version: int = VERSION
