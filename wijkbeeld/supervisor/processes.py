"""What the system knows of other processes."""

from __future__ import annotations

import psutil

END_SECONDS = 5.0


def born_at(pid: int | None) -> float | None:
    """Return when a process was born, seconds since 1970; None when there is none."""
    try:
        return None if pid is None else float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return None


def resident_bytes(pid: int) -> int:
    """Return the resident memory of a process, 0 when it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def end_process(pid: int, born: float) -> bool:
    """End the process with this number that was born then; return False when there is none."""
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - born) >= 1.0:
            return False
        process.kill()
        process.wait(END_SECONDS)
    except psutil.NoSuchProcess:
        return False
    return True
