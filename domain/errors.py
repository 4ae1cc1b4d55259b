"""The error tree of Wijkbeeld.

::

    WijkbeeldError
    +-- Terminal                  trying again cannot help: somebody must change something
    |   +-- SettingsError         a setting, an option or a data file is wrong
    |   +-- CodecError            bytes that are no event of ours
    |   +-- SourceRefused         a source answered something that we must not go on with
    |   +-- ResourceTaken         a port or a folder is in use by another process
    +-- Transient                 the same call may succeed later; says how long to wait where known
        +-- BrokerUnavailable
        +-- WarehouseUnavailable
        +-- SourceUnavailable

Whether to retry is decided by the type alone, never by reading a message. A message is one line that
says what is wrong, where, and what to do. It never carries a value that came from a source.
"""

from __future__ import annotations

from datetime import timedelta


class WijkbeeldError(Exception):
    """Base of every error that Wijkbeeld raises on purpose."""


class Terminal(WijkbeeldError):  # noqa: N818 - one of the two words that decide on a retry
    """Trying again cannot help."""


class SettingsError(Terminal):
    """A setting, an option, or a file that a person gave is wrong."""


class SourceRefused(Terminal):
    """A source answered something that must stop this source, and only this one."""


class ResourceTaken(Terminal):
    """A port or a folder that we need is held by another process."""


class CodecError(Terminal):
    """Bytes that are no event of ours.

    Args:
        field: dotted path of the first field at fault; empty when there is no such field.
        code: short machine-readable cause, such as ``missing`` or ``json_invalid``.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"not an event: field {field or '(whole record)'} is {code}")
        self.field = field
        self.code = code


class Transient(WijkbeeldError):  # noqa: N818 - the other word
    """The same call may succeed later.

    Args:
        message: one line.
        retry_after: how long the other side asked us to wait; None when it did not say.
    """

    def __init__(self, message: str, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class BrokerUnavailable(Transient):
    """The broker cannot be reached or cannot take the request now."""


class WarehouseUnavailable(Transient):
    """ClickHouse cannot be reached or cannot take the request now."""


class SourceUnavailable(Transient):
    """A source cannot be reached or asked us to wait."""
