"""A replay of the real archive, and what of it must come out."""

from __future__ import annotations

from tests.support.shared_data import shared_file
from tests.support.waiting import wait_until
from tests.system.running import COUNTS, RunningWijkbeeld

MESSAGES = 642
CELLS = "SELECT wijk, theme, hour, n FROM cell FINAL WHERE n > 0 ORDER BY ALL"


def archive() -> str:
    return f"p2000={shared_file('p2000/nijmegen_subset.csv')}"


def settled(running: RunningWijkbeeld) -> dict[str, int]:
    """Wait until the archive is read and every message is accounted for; return the counts."""

    def done() -> dict[str, int]:
        status = running.status()
        source = status.get("sources", {}).get("p2000", {})
        if (
            not source
            or source["feeds"]["live"]["state"] != "done"
            or status["totals"]["in_flight"] != 0
        ):
            return {}
        if not status["lag"] or status["lag"]["dirty_batches"] != 0:
            return {}
        return {word: status["totals"][word] for word in COUNTS}

    return wait_until(done, 180, f"the counts to come out; up printed:\n{running.output[-1500:]}")


def received(running: RunningWijkbeeld) -> int:
    return int(running.status().get("totals", {}).get("received") or 0)


def everything_stored(running: RunningWijkbeeld, received: int) -> dict[str, int]:
    """Wait until so many records are received and none is in flight; return the counts."""

    def done() -> dict[str, int]:
        status = running.status()
        totals = status.get("totals", {})
        if totals.get("received") != received or totals["in_flight"] != 0:
            return {}
        return {} if status["lag"]["dirty_batches"] else {word: totals[word] for word in COUNTS}

    return wait_until(done, 180, f"the counts to come out; up printed:\n{running.output[-1500:]}")
