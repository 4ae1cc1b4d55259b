"""XML of strangers: no document types, no entities, nothing fetched, and bounds on depth and number.

The only module of ingest that imports ``defusedxml``. What it raises holds nothing of the document.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse


class XmlBroken(Exception):  # noqa: N818 - a finding that the caller puts into words
    """No XML, or cut."""


class XmlRefused(Exception):  # noqa: N818 - a finding that the caller puts into words
    """XML with what no source needs: a document type, an entity, or more than the bounds allow."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much a document may hold.

    Attributes:
        depth: elements within one another.
        elements: in the whole document.
        kept: in one element that is handed over.
    """

    depth: int = 48
    elements: int = 4_000_000
    kept: int = 20_000


def whole(body: bytes) -> Element:
    """Return the root of a small document.

    Raises:
        XmlBroken: it is no XML.
        XmlRefused: it has a document type or an entity.
    """
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        # The parser's own words may quote the document.
        raise _finding(error) from None
    return root


def opened_and_closed(
    parts: Iterable[bytes],
    keep: frozenset[str],
    bounds: Bounds = Bounds(),
) -> Iterator[tuple[bool, Element]]:
    """Yield the elements of a document while it is read, holding no more than one of ``keep``.

    Args:
        parts: the document, in pieces.
        keep: local names of the elements that are handed over whole.
        bounds: how much it may hold.

    Yields:
        ``(False, element)`` when an element outside of those begins: its name and attributes;
        ``(True, element)`` when one of those has ended, with all that is in it.

    Raises:
        XmlBroken: it is no XML, or cut.
        XmlRefused: it has a document type, an entity, or more than the bounds allow.
    """
    opened: list[Element] = []
    within: int | None = None
    seen = kept = 0
    try:
        for event, element in iterparse(_Pieces(parts), ("start", "end"), forbid_dtd=True):
            if event == "start":
                opened.append(element)
                seen, kept = seen + 1, kept + 1
                _check(bounds, len(opened), seen, kept if within is not None else 0)
                if within is None and local_name(element) in keep:
                    within, kept = len(opened), 1
                elif within is None:
                    yield False, element
                continue
            if within == len(opened):
                yield True, element
                within = None
            opened.pop()
            if within is None and opened:
                opened[-1].clear()  # or the document would pile up in its root
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise _finding(error) from None


def local_name(element: Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _check(bounds: Bounds, depth: int, seen: int, kept: int) -> None:
    if depth > bounds.depth:
        raise XmlRefused("nested too deeply")
    if seen > bounds.elements or kept > bounds.kept:
        raise XmlRefused("too many elements")


def _finding(error: Exception) -> XmlBroken | XmlRefused:
    kind = XmlRefused if isinstance(error, DefusedXmlException) else XmlBroken
    return kind(type(error).__name__)


class _Pieces(io.RawIOBase):
    """Pieces as a file, one piece a read."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self._parts = iter(parts)

    def read(self, _size: int = -1) -> bytes:
        return next((part for part in self._parts if part), b"")
