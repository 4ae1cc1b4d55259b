"""One ingest per outbox, one gateway: a lock that the kernel lets go of when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from domain.errors import ResourceTaken, SettingsError

_RETRY_SECONDS = 0.05


class FileLease:
    """Holds the lock on ``path`` until ``release`` or the end of the process.

    Args:
        path: the lock file; created with mode 0600, never removed.
        patience: seconds to wait for another holder, such as an earlier process that is still ending.
        holder: what holds it, for the message.

    Raises:
        ResourceTaken: another process holds it.
        SettingsError: the file cannot be created.
    """

    def __init__(self, path: Path, patience: float = 10.0, holder: str = "ingest") -> None:
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise SettingsError(f"lock {path}: {error.strerror}; choose a writable folder") from error
        deadline = time.monotonic() + patience
        while not self._try():
            if time.monotonic() >= deadline:
                os.close(self._descriptor)
                raise ResourceTaken(f"{path}: another {holder} works on this folder; end that one first")
            time.sleep(_RETRY_SECONDS)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Let go of the lock."""
        os.close(self._descriptor)
