"""What a new version of the area and street tables made of the events that were there already."""

from __future__ import annotations

from dataclasses import dataclass

from domain.places import PLACED
from warehouse.client import Client

# Per event the newest version under older tables, and the newest under the given ones. `bucket` never
# changes for an id, so only the days that hold a row under the given tables have to be read.
_MOVES = """
SELECT before, after, count(), countIf(place_before != place_after)
FROM
(
    SELECT
        argMaxIf(match_level, version, geo_v < {geo_v:UInt32}) AS before,
        argMaxIf(match_level, version, geo_v = {geo_v:UInt32}) AS after,
        argMaxIf((wijk, stadsdeel, gemeente), version, geo_v < {geo_v:UInt32}) AS place_before,
        argMaxIf((wijk, stadsdeel, gemeente), version, geo_v = {geo_v:UInt32}) AS place_after
    FROM event_log
    WHERE bucket IN {days:Array(Date)}
    GROUP BY bucket, source, event_id
    HAVING countIf(geo_v < {geo_v:UInt32}) > 0 AND countIf(geo_v = {geo_v:UInt32}) > 0
        AND argMax(deleted, version) = 0
)
GROUP BY before, after
ORDER BY before, after
"""

_DAYS = "SELECT DISTINCT bucket FROM event_log WHERE geo_v = {geo_v:UInt32}"
_OLDER = "SELECT count() FROM event_now FINAL WHERE geo_v < {geo_v:UInt32}"


@dataclass(frozen=True, slots=True)
class Move:
    """Events that were matched at one level before and at another, or the same, after.

    Attributes:
        before, after: match levels.
        events: how many.
        moved: of those, the ones whose area is another now.
    """

    before: str
    after: str
    events: int
    moved: int


@dataclass(frozen=True, slots=True)
class Reenriched:
    """What a version of the tables has changed.

    Attributes:
        moves: of the events that were located under it and under older tables.
        older: current events that are as older tables located them: their raw records are gone.
    """

    moves: tuple[Move, ...]
    older: int

    @property
    def events(self) -> int:
        """Events that were located once more."""
        return sum(move.events for move in self.moves)

    @property
    def moved(self) -> int:
        """Of those, the ones whose area is another now."""
        return sum(move.moved for move in self.moves)

    @property
    def placed_before(self) -> int:
        """Of those, the ones that had a wijk."""
        return sum(move.events for move in self.moves if move.before in PLACED)

    @property
    def placed_after(self) -> int:
        """Of those, the ones that have a wijk now."""
        return sum(move.events for move in self.moves if move.after in PLACED)


def read_reenriched(client: Client, geo_v: int) -> Reenriched:
    """Return what the tables of this version have changed so far.

    Raises:
        WarehouseUnavailable: ClickHouse is away.
    """
    days = [day for (day,) in client.query(_DAYS, {"geo_v": geo_v})]
    rows = client.query(_MOVES, {"geo_v": geo_v, "days": days}) if days else []
    ((older,),) = client.query(_OLDER, {"geo_v": geo_v})
    moves = tuple(Move(str(b), str(a), int(events), int(moved)) for b, a, events, moved in rows)
    return Reenriched(moves, int(older))
