"""Whether a workbook is safe to open: what its archive says before anything of it is parsed.

An ``.xlsx`` is a zip of XML. A few kilobytes of it can stand for gigabytes, by compression or by XML
entities, so both are bounded first. Python's ``zipfile`` never gives more bytes of a member than the
archive's directory says, so that the sums here hold for whoever reads through it.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

from ingest.tabular.rows import FileRefused

MAX_MEMBERS = 2_000
MAX_BYTES = 512 * 1024 * 1024
MAX_RATIO = 250
_SMALL = 1024 * 1024
_BLOCK = 256 * 1024

# Nothing in an .xlsx needs a document type; entities are defined in one.
_DOCTYPE = b"<!DOCTYPE"
_PLAIN = re.compile(rb"^(\xef\xbb\xbf)?\s*<")
_ENCODING = re.compile(rb"^[^>]{0,80}encoding\s*=\s*[\"']\s*(?!utf-?8|us-ascii)", re.IGNORECASE)


def check_workbook(path: Path) -> None:
    """Look at a workbook without parsing it.

    Raises:
        FileRefused: it is no workbook, is encrypted, would unpack to too much, or holds XML that is not
            plain UTF-8 or has a document type.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if "[Content_Types].xml" not in archive.namelist():
                raise FileRefused("file", "not an .xlsx workbook; save it as one")
            _check_sizes(members)
            for member in members:
                if member.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_xml(archive, member)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise FileRefused("file", "not an .xlsx workbook, or a broken or encrypted one") from None
    except zlib.error:
        raise FileRefused("file", "a broken .xlsx workbook") from None


def _check_sizes(members: list[zipfile.ZipInfo]) -> None:
    total = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or total > MAX_BYTES:
        raise FileRefused("file", "a workbook that unpacks to more than 512 MiB, or has too many parts")
    for member in members:
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            raise FileRefused("file", "a workbook that is packed far too well to be one")


def _check_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    tail = b""
    with archive.open(member) as part:
        first = part.read(_BLOCK)
        if first and (not _PLAIN.match(first) or b"\0" in first[:4] or _ENCODING.match(first)):
            raise FileRefused("file", "a workbook with XML that is not UTF-8")
        block = first
        while block:
            if _DOCTYPE in tail + block:
                raise FileRefused("file", "a workbook with a document type in its XML")
            tail = block[-len(_DOCTYPE) :]
            block = part.read(_BLOCK)
