"""Pausing and resuming a source by hand; each is a line of the trail."""

from __future__ import annotations

import sys

from domain.clock import SystemClock
from ingest.outbox.desk import pause_source, resume_source
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings
from wijkbeeld.trail import Trail


def pause_by_hand(settings: Settings, source: str) -> None:
    """Pause a source and say so.

    Raises:
        SettingsError: there is no outbox here, or it does not know the source.
    """
    data_dir, clock = DataDir(settings.data_dir), SystemClock()
    if not pause_source(data_dir.outbox, source, clock.now()):
        sys.stdout.write(f"{source} is paused already\n")
        return
    Trail(data_dir.trail, clock).write("pause", f"source/{source}", "paused")
    sys.stdout.write(f"{source} is paused; go on with: wijkbeeld sources resume {source}\n")


def resume_paused(settings: Settings, source: str) -> None:
    """Let a paused source go on and say so.

    Raises: as ``pause_by_hand``.
    """
    data_dir = DataDir(settings.data_dir)
    if not resume_source(data_dir.outbox, source):
        sys.stdout.write(f"{source} is not paused\n")
        return
    Trail(data_dir.trail, SystemClock()).write("resume", f"source/{source}", "goes on")
    sys.stdout.write(f"{source} goes on\n")
