"""Python's cyclic garbage collector in a process with thousands of records on their way."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let the collector run rarely for the length of the ``with`` block.

    Records on their way are no garbage, and looking through them again and again takes a fifth of the
    publisher's time. Whoever uses this calls ``gc.collect`` now and then.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
