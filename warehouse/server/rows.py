"""Rows of an INSERT on their way to the engine."""

from __future__ import annotations

import os
from types import TracebackType
from typing import Self

from warehouse.server.errors import ClickHouseError, Code


class RowFile:
    """Rows in a file that exists in memory only and has no name outside this process (Linux).

    Args:
        limit: most bytes.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._descriptor = os.memfd_create("rows", os.MFD_CLOEXEC)
        self.size = 0

    @property
    def path(self) -> str:
        """Where this process finds the file; digits and slashes only."""
        return f"/proc/self/fd/{self._descriptor}"

    def write(self, data: bytes) -> None:
        """Add bytes at the end.

        Raises:
            ClickHouseError: 36, more than the limit.
        """
        if self.size + len(data) > self._limit:
            raise ClickHouseError(
                Code.BAD_ARGUMENTS, f"An INSERT may bring {self._limit} bytes: send the rows in parts."
            )
        view = memoryview(data)
        while view:
            written = os.write(self._descriptor, view)
            self.size += written
            view = view[written:]

    def read(self) -> bytes:
        """Return everything."""
        return os.pread(self._descriptor, self.size, 0)

    def close(self) -> None:
        """Let go of the memory."""
        os.close(self._descriptor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
