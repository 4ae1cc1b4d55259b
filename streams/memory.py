"""Memory between chunks: no collector within them, and freed pages are kept instead of given back."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

COLLECT_EVERY_RECORDS = 200_000

_KEEP_BYTES = 256 * 1024 * 1024
_M_TRIM_THRESHOLD = -1  # malloc.h of glibc
_M_MMAP_THRESHOLD = -3


@contextmanager
def collecting_between_chunks() -> Iterator[Callable[[int], None]]:
    """Switch Python's cyclic collector off, and yield a function to call after every chunk.

    The function takes the number of records that were worked on and collects now and then. Chunks make
    no cycles; the collector would walk through them again and again while they are worked on.
    """
    done = 0

    def between(records: int) -> None:
        nonlocal done
        done += records
        if done >= COLLECT_EVERY_RECORDS:
            done = 0
            gc.collect()

    was_enabled = gc.isenabled()
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield between
    finally:
        gc.unfreeze()
        if was_enabled:
            gc.enable()


def keep_freed_memory() -> bool:
    """Tell the C library not to give small freed memory back to the system; for the whole process.

    A chunk's megabytes are freed at once and needed again by the next one. Giving the pages back and
    faulting them in anew was 30 % of the time of a chunk. The process keeps its peak, at most 256 MiB.

    Returns:
        False where the C library has no such switch (it is glibc's).
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    switches = (_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD)
    return all(mallopt(switch, _KEEP_BYTES) == 1 for switch in switches)
