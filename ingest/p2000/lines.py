"""The lines that multimon-ng prints for FLEX, in its layouts since 2017.

::

    FLEX: 2017-11-20 20:28:33 1600/2/A 07.027 [002029568] ALN text
    FLEX: 2018-07-29 11:43:27 1600/2/K/A 10.120 [001523172] ALN text
    FLEX|2021-06-28 16:50:35|1600/2/K/A|12.092|002029568 000126999|ALN|text      ( --flex-no-ts: no time)
    FLEX|2021-06-28 16:50:35|1600/2/A|12.092|[001530615]|NUM 3301
    FLEX_NEXT|1600/2|13.006.A|0002029582|SG|5|ALN|3.0.K|0000120161|0000120999|text

``--timestamp`` puts a time in front, local or (``--iso8601``) UTC; ``--label`` a label before that.
The time inside a FLEX line is UTC. Source: ``demod_flex.c``, ``demod_flex_next.c``, ``unixinput.c`` of
https://github.com/EliasOenal/multimon-ng.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from domain.clock import from_local
from ingest.p2000.capcodes import service_of
from ingest.p2000.frame_time import frame_moment
from ingest.p2000.records import Garbage, Nothing, NotText, Page

_STAMP = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d"
_PREFIX = re.compile(rf"(?:[^|:\[\]]{{1,40}}: )?(?:(?P<stamp>{_STAMP})(?P<micro>\.\d+)?: )?(?=FLEX)")
_KIND = r"(?P<kind>ALN|NUM|TON|UNK|BIN)"
_COLON = re.compile(
    rf"FLEX: ?(?P<stamp>{_STAMP}) \d+/\d(?:/(?P<frag>[A-Z?]))?/(?P<phase>[A-D]) (?P<frame>\d\d\.\d\d\d)"
    rf" \[(?P<codes>\d{{7,10}})\] {_KIND}\b ?(?P<text>.*)",
    re.DOTALL,
)
_PIPE = re.compile(
    rf"FLEX\|(?:(?P<stamp>{_STAMP})\|)?\d+/\d(?:/(?P<frag>[A-Z?]))?/(?P<phase>[A-D])\|(?P<frame>\d\d\.\d\d\d)"
    rf"\|\[?(?P<codes>\d{{7,10}}(?: \d{{7,10}})*) ?\]?\|{_KIND}\b[| ]?(?P<text>.*)",
    re.DOTALL,
)
_NEXT = re.compile(
    r"FLEX_NEXT\|\d+/\d\|(?P<frame>\d\d\.\d\d\d)\.(?P<phase>[A-D])\|(?P<codes>\d{7,10})\|[LS][GS]\|\d\|"
    rf"(?:{_KIND}\|)?(?:\d\.\d\.(?P<frag>[A-Z?])\|)?(?P<more>(?:\d{{10}}\|)*)(?P<text>.*)",
    re.DOTALL,
)

Fragment = Literal["whole", "first", "last"]


@dataclass(frozen=True, slots=True)
class FlexPart:
    """A text page, or a part of one.

    Attributes:
        page: with the time of this part.
        fragment: ``first`` parts go before the next ``last`` part with the same ``key``.
        key: first address (of a group, the group's) and phase, by which parts belong together.
    """

    page: Page
    fragment: Fragment
    key: str


def read_line(data: bytes, now: datetime) -> FlexPart | NotText | Garbage | Nothing:
    """Return what a line is.

    Args:
        data: without its line end.
        now: aware, UTC; a line without any time happened within the hour before.
    """
    text = data.decode("utf-8", "replace").lstrip("\x00 \t").rstrip("\x00")
    if not text.strip():
        return Nothing()
    prefix = _PREFIX.match(text)
    body = text[prefix.end() :] if prefix else text
    found = _PIPE.fullmatch(body) or _COLON.fullmatch(body) or _NEXT.fullmatch(body)
    if found is None:
        return Garbage("line")
    if (found["kind"] or "ALN") != "ALN" or not found["text"].strip():
        return NotText()
    moment = _moment(found, prefix, now)
    if moment is None:
        return Garbage("time")
    codes = [*found["codes"].split(), *(found.groupdict().get("more") or "").split("|")]
    page = Page(moment, found["text"], service_of(filter(None, codes)))
    return FlexPart(page, _fragment(found["frag"]), f"{codes[0]}/{found['phase']}")


def _fragment(flag: str | None) -> Fragment:
    return "first" if flag == "F" else "last" if flag == "C" else "whole"


def _moment(found: re.Match[str], prefix: re.Match[str] | None, now: datetime) -> datetime | None:
    own = found.groupdict().get("stamp")
    before = prefix["stamp"] if prefix else None
    try:
        if own:
            return datetime.fromisoformat(own).replace(tzinfo=UTC)
        if prefix and before and prefix["micro"]:
            return datetime.fromisoformat(before).replace(tzinfo=UTC)
        if before:
            return from_local(datetime.fromisoformat(before))
        return frame_moment(found["frame"], now)
    except (ValueError, OverflowError):
        return None
