"""Archives of messages that nobody sent, in the layout of real ones."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

STREETS = ("malverte straat", "tolhuise straat", "zwanenvelde straat", "dorpsstraat", "stationsplein")
NATURES = ("br afval", "br woning", "stormschade", "wateroverlast", "liftopsluiting", "co-melder")
START = datetime(2023, 11, 1)  # noqa: DTZ001 - archives hold local wall-clock time


def write_archive(file: Path, messages: int, seed: int = 1) -> None:
    """Write an archive of ``messages`` messages, a few minutes apart; the same for the same seed."""
    draw = random.Random(seed)
    moment = START
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(
            ["Discipline", "Titel", "Beschrijving", "Publicatiedatum", "Publicatietijd", "ts_local"]
        )
        for _ in range(messages):
            moment += timedelta(seconds=draw.randrange(10, 600))
            title = _text(draw)
            day, clock = moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M:%S")
            rows.writerow(["brandweer", title, "", day, clock, f"{day}T{clock}"])


def write_lines(file: Path, messages: int, seed: int = 1) -> None:
    """Write lines of a receiver, in UTC, a few minutes apart; the same for the same seed."""
    draw = random.Random(seed)
    moment = START + timedelta(days=30 * seed)
    with file.open("w") as out:
        for _ in range(messages):
            moment += timedelta(seconds=draw.randrange(10, 600))
            out.write(receiver_line(moment, draw))


def receiver_line(moment: datetime, draw: random.Random) -> str:
    """Return a line of a receiver, with its end.

    Args:
        moment: when it was received, UTC.
        draw: what the message says.
    """
    at = moment.strftime("%Y-%m-%d %H:%M:%S")
    return f"FLEX|{at}|1600/2/K/A|10.120|002029568 000126999|ALN|{_text(draw)}\n"


def message(number: int, minutes: float = 0) -> str:
    """Return a line of a receiver, unlike that of any other number, so many minutes from now."""
    at = (datetime.now(UTC) + timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
    street = STREETS[number % len(STREETS)]
    text = f"p 1 bon-0{number % 9 + 1} br woning {street} nijmegen {100_000 + number * 37:06d}"
    return f"FLEX|{at}|1600/2/K/A|10.120|{2_000_000 + number:09d} {126_999 + number:09d}|ALN|{text}\n"


def _text(draw: random.Random) -> str:
    unit = draw.choice(("082131", "082331", "089232", "082151"))
    head = f"p {draw.choice('123')} bon-0{draw.randrange(1, 9)} {draw.choice(NATURES)}"
    return f"{head} {draw.choice(STREETS)} nijmegen {unit}"
