"""The layouts of multimon-ng lines."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.p2000.head import Service
from ingest.p2000.lines import FlexPart, read_line
from ingest.p2000.records import Garbage, Nothing, NotText
from tests.support.shared_data import shared_file

NOW = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
TEXT = "P 1 BON-05 Ongeval wegvervoer Eikstraat Nijmegen 089191"


def part(line: str) -> FlexPart:
    read = read_line(line.encode(), NOW)
    assert isinstance(read, FlexPart), read
    return read


@pytest.mark.parametrize(
    ("line", "moment"),
    [
        (f"FLEX: 2019-02-03 04:05:06 1600/2/A 07.027 [002029568] ALN {TEXT}", "2019-02-03T04:05:06"),
        (f"FLEX: 2019-02-03 04:05:06 1600/2/K/A 07.027 [001523172] ALN {TEXT}", "2019-02-03T04:05:06"),
        (
            f"FLEX|2026-03-10 09:29:00|1600/2/K/A|07.108|002029569 001123108 001123109|ALN|{TEXT}",
            "2026-03-10T09:29:00",
        ),
        (f"FLEX|2026-03-10 09:29:00|3200/4/K/C|07.108|001123108|ALN|{TEXT}", "2026-03-10T09:29:00"),
        # Without a time of its own, the frame tells it: cycle 7, frame 32 is 29 minutes past, less 18 s.
        (f"FLEX|1600/2/K/A|07.032|001123108|ALN|{TEXT}", "2026-03-10T09:28:42"),
        (
            f"FLEX_NEXT|1600/2|07.032.A|0002029582|SG|5|ALN|3.0.K|0001123108|0001123109|{TEXT}",
            "2026-03-10T09:28:42",
        ),
        (f"FLEX_NEXT|1600/2|07.032.A|0001123108|SS|5|ALN|3.0.K|{TEXT}", "2026-03-10T09:28:42"),
        # --timestamp prints the local time of the receiver, --iso8601 UTC.
        (
            f"2026-07-01 12:00:05: FLEX_NEXT|1600/2|07.032.A|0001123108|SS|5|ALN|3.0.K|{TEXT}",
            "2026-07-01T10:00:05",
        ),
        (
            f"dak: 2026-07-01T12:00:05.12: FLEX_NEXT|1600/2|07.032.A|0001123108|SS|5|ALN|3.0.K|{TEXT}",
            "2026-07-01T12:00:05",
        ),
        (
            f"2026-07-01 12:00:05: FLEX|2026-07-01 10:00:04|1600/2/K/A|07.032|001123108|ALN|{TEXT}",
            "2026-07-01T10:00:04",
        ),
    ],
)
def test_text_pages(line: str, moment: str) -> None:
    read = part(line)
    assert read.page.text == TEXT
    assert read.page.moment == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert read.fragment == "whole"


@pytest.mark.parametrize(
    ("flag", "fragment"), [("F", "first"), ("C", "last"), ("K", "whole"), ("?", "whole")]
)
def test_fragment_flag(flag: str, fragment: str) -> None:
    line = f"FLEX|2026-03-10 09:29:00|1600/2/{flag}/B|07.108|001123108|ALN|deel"
    assert part(line).fragment == fragment
    assert part(line).key == "001123108/B"


@pytest.mark.parametrize(
    ("codes", "service"),
    [
        ("002029568 000120161 000120999", Service.AMBULANCE),
        ("002029583 001330123", None),  # whoever has a 3
        ("002029582 001300001 000120123", None),
        ("002029582 001000001 001000123", Service.FIRE),
        ("001000123", Service.FIRE),
        ("002029568", None),  # a group, and nobody in it
    ],
)
def test_the_service_is_that_of_all_receivers_and_never_of_the_group(
    codes: str, service: Service | None
) -> None:
    assert part(f"FLEX|2026-03-10 09:29:00|1600/2/K/A|07.108|{codes}|ALN|x").page.service is service
    first, *others = (code.zfill(10) for code in codes.split())
    following = "".join(f"{code}|" for code in others)
    assert part(f"FLEX_NEXT|1600/2|07.032.A|{first}|SG|5|ALN|3.0.K|{following}x").page.service is service


def test_the_receivers_of_the_real_lines_belong_to_the_service_of_their_priority() -> None:
    lines = shared_file("p2000/flex_lines_real.txt").read_bytes().splitlines()
    read = [read_line(line, NOW) for line in lines]
    pages = [one.page for one in read if isinstance(one, FlexPart)]
    told = [page for page in pages if page.service is not None]
    assert len(told) == 7
    assert all(page.service is Service.AMBULANCE and page.text[0] in "AB" for page in told)


@pytest.mark.parametrize(
    "line",
    [
        "FLEX: 2020-10-17 18:40:19 1600/2/A 10.020 [001530615] NUM 1234",
        "FLEX|2026-03-10 09:29:00|1600/2/A|07.108|[001530615]|NUM 1234",
        "FLEX|2026-03-10 09:29:00|1600/2/A|07.108|[001530615]|TON ",
        "FLEX|2026-03-10 09:29:00|1600/2/A|07.108|[001530615]|UNK 0000beef 0000cafe",
        "FLEX_NEXT|1600/2|07.108.A|0001530615|SS|3|NUM|1234",
        "FLEX|2026-03-10 09:29:00|1600/2/K/A|07.108|001123108|ALN|  ",
    ],
)
def test_lines_without_text(line: str) -> None:
    assert isinstance(read_line(line.encode(), NOW), NotText)


@pytest.mark.parametrize("line", ["", "   ", "\x00"])
def test_empty_lines(line: str) -> None:
    assert isinstance(read_line(line.encode(), NOW), Nothing)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("multimon-ng 1.3.1", "line"),
        ("FLEX|2026-03-10 09:29:00|1600/2/K/A|07.1", "line"),
        ("POCSAG1200: Address: 123 Function: 0 Alpha: iets", "line"),
        ("FLEX|2026-13-40 09:29:00|1600/2/K/A|07.108|001123108|ALN|tekst", "time"),
        ("FLEX|1600/2/K/A|99.999|001123108|ALN|tekst", "time"),
    ],
)
def test_garbage(line: str, field: str) -> None:
    assert read_line(line.encode(), NOW) == Garbage(field)


def test_bytes_that_are_no_text_are_read_as_far_as_they_go() -> None:
    line = b"FLEX|2026-03-10 09:29:00|1600/2/K/A|07.108|001123108|ALN|br woning \xff\xfe nijmegen"
    read = read_line(line, NOW)
    assert isinstance(read, FlexPart)
    assert read.page.text.startswith("br woning")


def test_every_real_line_is_read() -> None:
    lines = shared_file("p2000/flex_lines_real.txt").read_bytes().splitlines()
    kinds = [type(read_line(line, NOW)) for line in lines if line.strip()]
    assert len(kinds) == 17
    assert kinds.count(FlexPart) == 16
    assert kinds.count(NotText) == 1
