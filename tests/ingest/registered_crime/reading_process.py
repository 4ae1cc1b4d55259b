"""A process that reads registered crime into an outbox, to be killed: ``FOLDER URL ROUNDS``."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from domain.topics import Lane
from ingest.http.client import HttpxClient
from ingest.http.pace import HostPace
from ingest.outbox.store import Outbox
from tests.ingest.fakes import TurnedClock
from tests.ingest.registered_crime.reading import SOURCE, START, connector
from tests.ingest.samples import KEYED


def main(folder: str, url: str, rounds: str) -> None:
    clock = TurnedClock(START)
    client = HttpxClient(url, clock=clock, pace=HostPace(timedelta(0)))
    outbox = Outbox(Path(folder) / "outbox.sqlite", KEYED, "nijmegen", patience=10.0)
    outbox.register([SOURCE])
    reading = connector(client, url)
    left = int(rounds)
    while left:
        poll = reading.poll(outbox.place(SOURCE.name, Lane.LIVE).cursor, clock.now())
        outbox.write(SOURCE, Lane.LIVE, poll, clock.now(), None)
        left -= poll.wait > timedelta(0)
    outbox.close()
    client.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
