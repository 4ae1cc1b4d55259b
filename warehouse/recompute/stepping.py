"""One step of the recompute: the cells that some batches touched, counted anew, by hour and by day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

import orjson

from domain.topics import Lane
from domain.vitals import Outside, Vitals
from warehouse.client import Client
from warehouse.recompute.lease import Lease
from warehouse.recompute.measuring import StepMeter

T = TypeVar("T")


class Step(StrEnum):
    """The parts of a step, in their order; a hook is called after each."""

    LISTED = "listed"
    CHECKED = "checked"
    RESOLVED = "resolved"
    HOURS = "hours"
    DAYS = "days"
    DONE = "done"


Hook = Callable[[Step], None]


def no_hook(_step: Step) -> None:
    """Do nothing in between."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A batch whose cells are to be recomputed, as its marks tell.

    Attributes:
        token: of the batch.
        marks: number of its cells and ids.
        ids: number of its ids, whose older places must be looked up.
        lane: it travelled in.
        age: seconds since it was marked.
        received: when some of its live events were received, UTC.
    """

    token: str
    marks: int
    ids: int
    lane: Lane
    age: float
    received: Sequence[datetime]


# Tokens travel in the address of a request, which is short.
_TOKENS = 200

# Live batches first, so that a history on its way in does not hold up what happens now.
_LIST = """
SELECT token, marks, named_ids, is_backfill, age, received_at, count() OVER (), max(age) OVER ()
FROM
(
    SELECT
        token,
        sum(length(cells.wijk) + length(ids.event_id)) AS marks,
        sum(length(ids.event_id)) AS named_ids,
        min(lane = 'backfill') AS is_backfill,
        min(at) AS first_at,
        dateDiff('millisecond', min(at), now64(3)) AS age,
        groupArrayArray(received) AS received_at
    FROM dirty
    WHERE token NOT IN (SELECT token FROM dirty_done)
    GROUP BY token
)
ORDER BY is_backfill, first_at, token
LIMIT {limit:UInt32}
"""

# The older places of ids become cells of one of the same tokens: a row like the loader's own. So the
# computation reads one list of cells, the same one however often it is evaluated.
_RESOLVE = """
INSERT INTO dirty (token, lane, cells.wijk, cells.theme, cells.hour)
SELECT {token:String}, 'live', groupArray(wijk), groupArray(theme), groupArray(hour)
FROM
(
    SELECT DISTINCT wijk, theme, toStartOfHour(occurred_at) AS hour
    FROM event_log
    WHERE counts = 1 AND deleted = 0 AND (bucket, source, event_id) IN
    (
        SELECT bucket, source, event_id
        FROM dirty ARRAY JOIN ids.bucket AS bucket, ids.source AS source, ids.event_id AS event_id
        WHERE token IN {tokens:Array(String)}
    )
)
"""

# Every touched hour is written, with n = 0 when nothing is left in it. Only whole cells are read: a row
# that qualifies by its cell is counted whichever batch brought it.
_HOURS = """
INSERT INTO cell (wijk, theme, hour, n, n_incident, n_signal, n_inspection, severity_sum, digest, gen)
WITH touched AS
(
    SELECT DISTINCT wijk, theme, hour
    FROM dirty ARRAY JOIN cells.wijk AS wijk, cells.theme AS theme, cells.hour AS hour
    WHERE token IN {tokens:Array(String)}
)
SELECT
    wijk, theme, hour,
    countIf(hit), countIf(hit AND kind = 'incident'), countIf(hit AND kind = 'signal'),
    countIf(hit AND kind = 'inspection'), sumIf(severity, hit), sumIf(hash, hit), {gen:UInt64}
FROM
(
    SELECT
        wijk, theme, hour, toLowCardinality('') AS kind, toUInt8(0) AS severity, toUInt64(0) AS hash,
        0 AS hit
    FROM touched
    UNION ALL
    SELECT
        wijk, theme, toStartOfHour(occurred_at) AS hour, kind, severity,
        cityHash64(source, event_id, version) AS hash, 1 AS hit
    FROM event_now FINAL
    WHERE counts = 1
        AND occurred_at >= (SELECT min(hour) FROM touched)
        AND occurred_at < (SELECT max(hour) + INTERVAL 1 HOUR FROM touched)
        AND (wijk, theme, toStartOfHour(occurred_at)) IN (SELECT wijk, theme, hour FROM touched)
)
GROUP BY wijk, theme, hour
"""

# A day is the sum of its hours, which are exact: that reads some hundred cells where the events of a
# day may be millions. Which hours a day has, 23 to 25 of them, is the time zone's to say.
_DAYS = """
INSERT INTO cell_day (wijk, theme, day, n, n_incident, n_signal, n_inspection, severity_sum, digest, gen)
WITH touched AS
(
    SELECT DISTINCT wijk, theme, toDate(hour, 'Europe/Amsterdam') AS day
    FROM dirty ARRAY JOIN cells.wijk AS wijk, cells.theme AS theme, cells.hour AS hour
    WHERE token IN {tokens:Array(String)}
)
SELECT
    wijk, theme, toDate(hour, 'Europe/Amsterdam') AS day,
    sum(n), sum(n_incident), sum(n_signal), sum(n_inspection), sum(severity_sum), sum(digest),
    {gen:UInt64}
FROM cell FINAL
WHERE (theme, wijk) IN (SELECT theme, wijk FROM touched)
    AND hour >= (SELECT toDateTime(min(day), 'Europe/Amsterdam') FROM touched)
    AND hour < (SELECT toDateTime(max(day) + 1, 'Europe/Amsterdam') FROM touched)
    AND (wijk, theme, toDate(hour, 'Europe/Amsterdam')) IN (SELECT wijk, theme, day FROM touched)
GROUP BY wijk, theme, day
"""


@dataclass(slots=True)
class Recompute:
    """Recomputes what ``dirty`` names, a step of live batches and one of history in turn.

    Never both in one step: it reads all that happened between its first hour and its last.

    Args:
        client: ClickHouse.
        lease: held by this process.
        max_marks: how much one step of live batches takes on.
        hook: called between the parts of a step.
        meter: is told how a step does.
        history_marks: how much one step of history takes on; live batches wait for it.
    """

    client: Client
    lease: Lease
    max_marks: int
    hook: Hook = no_hook
    meter: StepMeter = field(default_factory=lambda: StepMeter(Vitals()))
    history_marks: int = 20_000
    _last: Lane = Lane.BACKFILL

    def step(self) -> int:
        """Recompute the cells of some batches that are not done; return how many batches it were.

        Whoever dies in between leaves the tokens undone, and they are taken again.

        Raises:
            LeaseLost: somebody else recomputes.
            WarehouseUnavailable: ClickHouse is away; call again.
        """
        self.meter.begin()
        work = self._list()
        if work:
            self._recompute(work)
        self.meter.idle()
        return len(work)

    def _recompute(self, work: Sequence[Marked]) -> None:
        self.meter.taken(len(work))
        self.hook(Step.LISTED)
        # Only now, after the tokens are known: see `lease`.
        self._ask("check", self.lease.check)
        gen = self.lease.next_gen()
        self.hook(Step.CHECKED)
        tokens = [batch.token for batch in work]
        if any(batch.ids for batch in work):
            named = {"token": tokens[0], "tokens": tokens}
            self._ask("resolve", lambda: self.client.insert_select(_RESOLVE, named))
            self.hook(Step.RESOLVED)
        touched = {"tokens": tokens, "gen": gen}
        self._ask("hours", lambda: self.client.insert_select(_HOURS, touched))
        self.hook(Step.HOURS)
        self._ask("days", lambda: self.client.insert_select(_DAYS, touched))
        self.hook(Step.DAYS)
        marks = b"\n".join(orjson.dumps({"token": token, "gen": gen}) for token in tokens)
        self._ask("mark", lambda: self.client.insert_rows("dirty_done", marks, token=f"{gen:x}"))
        self.meter.done(
            sum(batch.marks for batch in work),
            ((batch.lane, batch.age, batch.received) for batch in work),
        )
        self.hook(Step.DONE)

    def _ask(self, what: str, call: Callable[[], T]) -> T:
        """Return what ClickHouse answers; until it does, it is waited for."""
        self.meter.doing(what, Outside.WAREHOUSE)
        answer = call()
        self.meter.doing((what, "answered"))
        return answer

    def _list(self) -> list[Marked]:
        """Return the batches to work on: at least one, if there are any, and no more than fit a step."""
        rows = self._ask("list", lambda: self.client.query(_LIST, {"limit": _TOKENS}))
        waiting, oldest = (rows[0][6], rows[0][7]) if rows else (0, 0)
        self.meter.found(int(waiting), max(0, int(oldest)) / 1000)
        found = [_marked(row) for row in rows]
        # Live ones come first in the list; they are passed over once when history waits for its turn.
        lanes = {batch.lane for batch in found}
        lane = next((lane for lane in lanes if lane is not self._last), self._last)
        self._last = lane
        return _as_many_as_fit(
            [batch for batch in found if batch.lane is lane],
            self.max_marks if lane is Lane.LIVE else self.history_marks,
        )


def _marked(row: Sequence[Any]) -> Marked:
    token, size, ids, is_backfill, age, received, *_ = row
    lane = Lane.BACKFILL if is_backfill else Lane.LIVE
    return Marked(str(token), int(size), int(ids), lane, max(0, int(age)) / 1000, received)


def _as_many_as_fit(batches: Sequence[Marked], most: int) -> list[Marked]:
    """Return the first batches with no more than ``most`` marks, and at least one."""
    work: list[Marked] = []
    marks = 0
    for batch in batches:
        marks += batch.marks
        if work and marks > most:
            break
        work.append(batch)
    return work
