"""What is expected of a source: how long it may be silent, how late it reports. Declared by a person."""

from __future__ import annotations

from ingest.durations import Duration
from ingest.toml_table import TomlTable


class Rhythm(TomlTable):
    """The expected rhythm of a source, as declared; what is None is learned or not known.

    Attributes:
        silent_after: at most so long passes between two new records.
        lateness: what happened is received within this time; "complete until" rests on it.
        slow_after: a poll is answered within this time.
        learns: bounds also come from the source's own past, per hour of the week.
    """

    silent_after: Duration | None = None
    lateness: Duration | None = None
    slow_after: Duration | None = None
    learns: bool = True
