"""Who did what to what is kept of people's records: a file of lines to which is only ever added.

A line has the six fields that BIO2 (8.15.01) asks for at least: action, object, result, origin, actor,
timestamp. It never holds a value of a record. A look has its line on disk before it is given.
"""

from __future__ import annotations

import os
import pwd
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import orjson

from domain.clock import Clock
from domain.errors import SettingsError


def operating_system_user() -> str:
    """Return the name of the user of this process, as the operating system knows it."""
    user = os.getuid()  # not from the environment, which says what one likes
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


@dataclass(frozen=True, slots=True)
class Trail:
    """Writes lines.

    Attributes:
        path: the file; created with mode 0600.
        clock: gives the timestamp.
        actor: gives who does it.
        origin: gives from where.
    """

    path: Path
    clock: Clock
    actor: Callable[[], str] = operating_system_user
    origin: Callable[[], str] = socket.gethostname

    def write(self, action: str, object_: str, result: str) -> None:
        """Add a line and return when it is on disk.

        Raises:
            SettingsError: it cannot be written; then the deed must not be done.
        """
        line = {
            "action": action,
            "object": object_,
            "result": result,
            "origin": self.origin(),
            "actor": self.actor(),
            "timestamp": self.clock.now().isoformat(),
        }
        try:
            # One write at the end of the file: lines of two who write at once do not mix.
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(descriptor, orjson.dumps(line) + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise SettingsError(
                f"{self.path}: cannot write who looked ({error.strerror}); nothing is shown or changed"
            ) from None
