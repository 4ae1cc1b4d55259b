"""Archives of messages that nobody sent, in the layout of real ones."""

from __future__ import annotations

import csv
import random
from datetime import datetime, timedelta
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
            unit = draw.choice(("082131", "082331", "089232", "082151"))
            text = f"p {draw.choice('123')} bon-0{draw.randrange(1, 9)} {draw.choice(NATURES)}"
            title = f"{text} {draw.choice(STREETS)} nijmegen {unit}"
            day, clock = moment.strftime("%Y-%m-%d"), moment.strftime("%H:%M:%S")
            rows.writerow(["brandweer", title, "", day, clock, f"{day}T{clock}"])
