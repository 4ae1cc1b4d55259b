"""The situations in an answer of the feed, one at a time.

``incidents.xml.gz`` of https://opendata.ndw.nu: a SituationPublication of DATEX II, version 2 (in a SOAP
envelope) or 3 (in a message container), as a gzip file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from domain.errors import SourceRefused, SourceUnavailable
from ingest.http.bodies import BodyBroken, BodyTooLarge, gunzip_in_steps
from ingest.http.decoding import require_type
from ingest.http.protocol import HttpAnswer
from ingest.ndw.record import type_of
from ingest.xml_reading import XmlBroken, XmlRefused, local_name, opened_and_closed

MAX_BYTES = 64 * 1024 * 1024
"""Of the unpacked feed. No more than one situation of it is in memory."""

_TYPES = (
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "application/xml",
    "text/xml",
)
_ROOTS = frozenset({"Envelope", "d2LogicalModel", "messageContainer", "payload"})
_PUBLICATIONS = frozenset({"payload", "payloadPublication"})
_GZIP = b"\x1f\x8b"
_STEP = 64 * 1024


def situations(answer: HttpAnswer, most: int = MAX_BYTES) -> Iterator[Element]:
    """Yield the situations of an answer.

    Raises:
        SourceUnavailable: it is cut or broken, or something else stands in its place.
        SourceRefused: it is another format, larger than allowed, or has what no feed needs.
    """
    require_type(answer, *_TYPES)
    where = answer.where
    try:
        yield from _situations(where, _unpacked(answer.body, most))
    except (BodyBroken, XmlBroken):
        raise SourceUnavailable(f"{where}: the feed is cut or broken; tried again later") from None
    except BodyTooLarge:
        raise SourceRefused(f"{where}: the feed unpacks to more than {most} bytes") from None
    except XmlRefused as error:
        raise SourceRefused(f"{where}: the feed is XML that is not read ({error})") from None


def _situations(where: str, parts: Iterable[bytes]) -> Iterator[Element]:
    root: str | None = None
    is_publication = False
    for closed, element in opened_and_closed(parts, frozenset({"situation"})):
        if closed and is_publication:
            yield element
            continue
        name = local_name(element)
        if root is None:
            root = name
            if root not in _ROOTS:
                break
        if name in _PUBLICATIONS and type_of(element) == "SituationPublication":
            is_publication = True
    if not is_publication:
        raise SourceRefused(
            f"{where}: is no SituationPublication of DATEX II; correct the address of this source"
        )


def _unpacked(body: bytes, most: int) -> Iterator[bytes]:
    # A server may say that the file is packed, and then it came unpacked.
    if body.startswith(_GZIP):
        yield from gunzip_in_steps([body], most)
    elif len(body) > most:
        raise BodyTooLarge
    else:
        for start in range(0, len(body), _STEP):
            yield body[start : start + _STEP]
