"""Lines to records: pages in parts, lines too long, recognising a layout."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.p2000.decoding import MAX_LINE_BYTES, Decoded, Layout, decode_lines, recognise
from ingest.p2000.inputs import Line, split_lines
from ingest.p2000.records import Garbage, Nothing, Page

NOW = datetime(2026, 3, 10, 9, 0, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def flex(flag: str, text: str, second: int = 0, code: str = "002029570") -> str:
    return f"FLEX|2026-03-10 09:00:{second:02}|1600/2/{flag}/A|00.000|{code} 001123108|ALN|{text}\n"


def decode(
    *lines: str,
    now: datetime = NOW,
    more: bool = False,
    growing: bool = False,
    joined: tuple[int, ...] = (),
) -> Decoded:
    data = "".join(lines).encode()
    return decode_lines(split_lines(data, 0, final=False), joined, now, more=more, growing=growing)


def texts(decoded: Decoded) -> list[str]:
    return [r.content.text for r in decoded.records if isinstance(r.content, Page)]


def test_a_page_in_parts_stands_where_its_first_part_was() -> None:
    decoded = decode(
        flex("F", "p 1 br woning bosch"),
        flex("K", "ander", 1, code="001123999"),
        flex("F", "weg ", 2),
        flex("C", "nijmegen", 4),
        flex("K", "laatste", 5),
    )
    assert texts(decoded) == ["p 1 br woning boschweg nijmegen", "ander", "laatste"]
    assert not decoded.holding


def test_a_part_that_was_used_is_nothing_when_read_again() -> None:
    lines = [flex("F", "een "), flex("K", "ander", 1, code="001123999"), flex("C", "twee", 2)]
    first = decode(*lines)
    rest = decode_lines(
        split_lines("".join(lines).encode(), 0, final=False)[1:],
        first.joined,
        NOW,
        more=False,
        growing=False,
    )
    assert texts(rest) == ["ander"]
    assert isinstance(rest.records[-1].content, Nothing)


def test_parts_of_other_addresses_do_not_join() -> None:
    decoded = decode(flex("F", "een"), flex("C", "twee", 2, code="001123999"))
    assert texts(decoded) == ["een", "twee"]


def test_a_first_part_waits_for_its_end_while_that_may_come() -> None:
    lines = [flex("K", "vooraf"), flex("F", "een", 1), flex("K", "erna", 2, code="001123999")]
    waiting = decode(*lines, growing=True)
    assert waiting.holding
    assert texts(waiting) == ["vooraf"]
    assert texts(decode(*lines, growing=True, now=LATER)) == ["vooraf", "een", "erna"]
    assert texts(decode(*lines, growing=False)) == ["vooraf", "een", "erna"]
    assert decode(*lines, more=True, now=LATER).holding


def test_a_part_at_the_start_of_a_full_window_does_not_wait_for_ever() -> None:
    assert texts(decode(flex("F", "een"), flex("K", "twee", 1), more=True)) == ["een", "twee"]


def test_a_line_that_is_too_long_is_garbage() -> None:
    decoded = decode("FLEX" + "x" * MAX_LINE_BYTES + "\n", flex("K", "goed"))
    assert decoded.records[0].content == Garbage("length")
    assert texts(decoded) == ["goed"]


@pytest.mark.parametrize(
    ("text", "layout"),
    [
        ("Discipline,Titel,Beschrijving,Publicatiedatum,Publicatietijd,ts_local\n", Layout.ARCHIVE),
        ("\ufeffts_local,titel,DISCIPLINE\n", Layout.ARCHIVE),
        ("\n\n" + flex("K", "x"), Layout.LINES),
        ("rommel\nmeer rommel\n" + flex("K", "x"), Layout.LINES),
        ("naam,adres\nx,y\n", None),
        ("Titel,Discipline\nzonder,tijd\n", None),
        ('{"demod_name":"flex_alphanumeric"}\n', None),
        ("", None),
    ],
)
def test_recognise(text: str, layout: Layout | None) -> None:
    assert recognise(split_lines(text.encode(), 0, final=True), NOW) is layout


def test_split_lines_keeps_a_partial_last_line_unless_it_is_final() -> None:
    data = b"een\r\ntwee\ndri"
    assert split_lines(data, 10, final=False) == [Line(b"een", 10, 15), Line(b"twee", 15, 20)]
    assert split_lines(data, 10, final=True)[-1] == Line(b"dri", 20, 23)
