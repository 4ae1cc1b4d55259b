"""The items of an RSS 2.0 or Atom feed of pages: identity, time and text of each, and nothing else.

https://www.rssboard.org/rss-specification, RFC 4287. The text of the page is the item's title;
descriptions, coordinates and authors are not looked at. The parser refuses entities and document types.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from xml.etree.ElementTree import Element

from domain.clock import from_local
from domain.errors import SourceRefused
from ingest.xml_reading import XmlBroken, XmlRefused, whole

MAX_ITEMS = 1_000
"""Items read of one answer; real feeds have some fifty."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_MAX_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a feed.

    Attributes:
        key: the feed's own identity of it: guid, id or link; where it has none, time and text.
        moment: when it was paged, UTC; None where the feed gives no time that can be read.
        text: of the page; empty where the item has none.
        size: characters of the item that were looked at.
    """

    key: str
    moment: datetime | None
    text: str
    size: int


def read_items(body: bytes, *, local_times: bool) -> list[Item]:
    """Return the items of a feed, oldest first.

    Args:
        body: of the answer.
        local_times: the feed writes the clock of Amsterdam and calls it another zone.

    Raises:
        SourceRefused: the answer is neither RSS nor Atom, or has what no feed of pages needs.
    """
    try:
        root = whole(body)
    except (XmlBroken, XmlRefused) as error:
        raise SourceRefused(f"p2000: the feed is no XML that may be read ({error})") from None
    if root.tag not in ("rss", f"{_ATOM}feed"):
        raise SourceRefused("p2000: the answer is neither an RSS nor an Atom feed")
    items = [_item(element, local_times=local_times) for element in _elements(root)]
    items.reverse()  # feeds have the newest first, also of those of the same second
    return sorted(items, key=lambda item: item.moment or datetime.min.replace(tzinfo=UTC))


def _elements(root: Element) -> Iterator[Element]:
    found = root.iter("item") if root.tag == "rss" else root.iter(f"{_ATOM}entry")
    for _, element in zip(range(MAX_ITEMS), found, strict=False):
        yield element


def _item(element: Element, *, local_times: bool) -> Item:
    text = _first(element, "title", f"{_ATOM}title")[:_MAX_TEXT]
    written = _first(element, "pubDate", f"{_ATOM}published", f"{_ATOM}updated")
    key = _first(element, "guid", f"{_ATOM}id", "link") or _link(element)
    return Item(
        key=key[:_MAX_TEXT] or f"{written} {text}",
        moment=_moment(written, local_times=local_times),
        text=text,
        size=len(text) + len(written),
    )


def _first(element: Element, *names: str) -> str:
    return next((text for name in names if (text := (element.findtext(name) or "").strip())), "")


def _link(element: Element) -> str:
    link = element.find(f"{_ATOM}link")
    return (link.get("href") or "").strip() if link is not None else ""


def _moment(written: str, *, local_times: bool) -> datetime | None:
    try:
        try:
            stamp = parsedate_to_datetime(written)
        except ValueError:
            stamp = datetime.fromisoformat(written)
        if local_times or stamp.tzinfo is None:
            return from_local(stamp.replace(tzinfo=None))
        return stamp.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
