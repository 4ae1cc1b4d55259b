"""``wijkbeeld audit`` as a person calls it."""

from __future__ import annotations

import json
from typing import Any

from tests.support.waiting import wait_until
from tests.system.running import RunningWijkbeeld

CLEAN, DIFFERS, NOT_RUNNING, UNSETTLED, EMPTY = 0, 1, 3, 4, 5


def audited(running: RunningWijkbeeld, wait: int = 60) -> tuple[int, dict[str, Any]]:
    """Return the exit status of an audit, and its report; an empty one where it could not look."""
    done = running.command("audit", "--json", "--wait", str(wait))
    if done.returncode == UNSETTLED and not done.stdout:
        return UNSETTLED, {}
    assert done.stdout, done.stderr
    return done.returncode, dict(json.loads(done.stdout))


def audited_clean(running: RunningWijkbeeld) -> dict[str, Any]:
    """Audit until it is clean, and return the report.

    On a system of which a part has just died it may find that not all has arrived or that nobody
    answers, and is asked again; it may never find a fault.
    """

    def clean() -> dict[str, Any]:
        status, report = audited(running)
        assert status in {CLEAN, UNSETTLED, EMPTY}, report
        return report if status == CLEAN else {}

    report = wait_until(clean, 180, f"a clean audit; up printed:\n{running.output[-1500:]}")
    assert (report["verdict"], report["loss"]) == ("clean", "none")
    return report
