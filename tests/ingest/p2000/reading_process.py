"""A process that follows a receiver's file into an outbox until it is killed."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from pathlib import Path

from domain.topics import Lane
from ingest.outbox.store import Outbox
from ingest.p2000.connector import p2000_feed
from ingest.protocol import Feed, Source
from tests.ingest.p2000.playing import START
from tests.ingest.samples import KEYED, open_outbox
from wijkbeeld.gemeenten import load_municipality

FILE = "pages.log"
NOW = START + timedelta(days=1)


def receiver(folder: Path) -> Source:
    """The source of the receiver's file in a folder, a few pages a poll."""
    nijmegen = load_municipality("nijmegen")
    feed = p2000_feed(folder / FILE, municipality=nijmegen, keyed=KEYED, max_batch=3)
    return Source("p2000", (Feed(Lane.LIVE, feed),))


def read_on(outbox: Outbox, source: Source) -> bool:
    """Poll once; return whether there may be more at once."""
    (feed,) = source.feeds
    poll = feed.connector.poll(outbox.place(source.name, feed.lane).cursor, NOW)
    outbox.write(source, feed.lane, poll, NOW, None)
    return not poll.wait


def main(folder: Path) -> None:
    source = receiver(folder)
    outbox = open_outbox(folder, source)
    print("started", flush=True)  # noqa: T201 - what the test waits for
    pause = threading.Event()
    while True:
        if not read_on(outbox, source):
            pause.wait(0.005)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
