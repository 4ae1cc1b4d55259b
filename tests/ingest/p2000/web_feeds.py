"""Feeds of pages as the web has them."""

from __future__ import annotations

from xml.sax.saxutils import escape


def item(number: int, text: str, at: str = "Tue, 10 Mar 2026 09:00:00 GMT", *, guid: bool = True) -> str:
    identity = f"<guid isPermaLink='false'>page-{number}</guid>" if guid else ""
    return (
        f"<item><title>{escape(text)}</title><link>https://feed.example/{number}</link>{identity}"
        f"<description>Eikstraat 4711, Wiersemans</description><pubDate>{at}</pubDate></item>"
    )


def rss(*items: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


def atom(*texts: str) -> bytes:
    entries = "".join(
        f"<entry><id>urn:page:{n}</id><title>{escape(text)}</title><author><name>Wiersemans</name></author>"
        f"<updated>2026-03-10T10:00:0{n}+01:00</updated></entry>"
        for n, text in enumerate(texts)
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode()
