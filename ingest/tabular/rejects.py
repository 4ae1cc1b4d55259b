"""The file of rejects beside a delivery: line, field and reason, never a value."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.keys import KeyedHash
from ingest.protocol import Unreadable
from ingest.tabular.rows import Refusal
from ingest.tabular.state import Taken

_HEADER = "line,field,reason,says\n"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A reject and its line; 0 stands for the whole delivery."""

    line: int
    refusal: Refusal


def write_rejects(path: Path, at: int, rejected: Sequence[Rejected]) -> int:
    """Write rejects behind the first ``at`` bytes of a file and return its new length.

    What stands behind ``at`` was written by a poll that was never committed, and is written over.
    Nothing is made where there is nothing to write.
    """
    if not rejected and not path.exists():
        return at
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o640)
    with os.fdopen(descriptor, "r+b") as file:
        file.truncate(at)
        file.seek(at)
        text = "" if at or not rejected else _HEADER
        text += "".join(map(_line, rejected))
        file.write(text.encode())
        return file.tell()


def _line(rejected: Rejected) -> str:
    refusal = rejected.refusal
    says = refusal.says.replace('"', "'")
    return f'{rejected.line or ""},{refusal.field},{refusal.reason},"{says}"\n'


def unreadable(
    keyed: KeyedHash, source: str, taken: Taken, number: int, size: int, refusal: Refusal
) -> Unreadable:
    """Return the finding for a row of a delivery, or with number 0 for the delivery as a whole.

    Its identity is that of the place: to read the same delivery again is a duplicate.
    """
    return Unreadable(
        event_id=keyed.id("unread", source, taken.digest, str(number)),
        reason=refusal.reason,
        field=refusal.field,
        length=size,
        value_hash="",
    )
