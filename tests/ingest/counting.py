"""A source of numbered events, and ingest with it as a process of its own."""

from __future__ import annotations

import argparse
import threading
from datetime import datetime, timedelta
from pathlib import Path

from domain.areas import Municipality, Stadsdeel, Team, Wijk
from domain.clock import SystemClock
from domain.topics import Lane
from ingest.protocol import Cursor, Feed, Poll, Source
from ingest.service import IngestConfig, run
from tests.ingest.samples import KEYED, draft

TOWN = Municipality(
    code="GM0999",
    slug="proefstad",
    name="Proefstad",
    boundary_year=2025,
    safety_region="08",
    place_names=("proefstad",),
    teams_are_example=True,
    stadsdelen=(Stadsdeel(code="WK099901", name="Centrum", lat=51.8, lon=5.8),),
    wijken=(Wijk(code="BU09990101", name="Markt", stadsdeel="WK099901", lat=51.8, lon=5.8),),
    teams=(Team(id="markt", name="Markt", wijken=("BU09990101",)),),
)


class Counting:
    """Gives ``total`` events ``PREFIX0``, ``PREFIX1`` ... in polls of ``size``, without a pause."""

    def __init__(self, prefix: str, total: int, size: int = 500) -> None:
        self._prefix = prefix
        self._total = total
        self._size = size

    def poll(self, cursor: Cursor | None, now: datetime) -> Poll:
        at = 0 if cursor is None else int(str(cursor["at"]))
        end = min(at + self._size, self._total)
        found = [draft(f"{self._prefix}{n}") for n in range(at, end)]
        return Poll(found, {"at": end}, timedelta(0), done=end == self._total)


def counting_source(live: int, backfill: int) -> Source:
    feeds = (
        Feed(Lane.LIVE, Counting("live", live)),
        Feed(Lane.BACKFILL, Counting("old", backfill)),
    )
    return Source("demo", feeds)


def config_for(
    folder: Path, bootstrap: str, source: Source, *, incarnation: str = "one", forgets: bool = True
) -> IngestConfig:
    return IngestConfig(
        outbox_path=folder / "outbox.sqlite",
        keyed=KEYED,
        bootstrap=bootstrap,
        incarnation=incarnation,
        forgets=forgets,
        municipality=TOWN,
        sources=(source,),
        clock=SystemClock(),
    )


class RunningIngest:
    """Ingest in a thread, for the length of a ``with`` block."""

    def __init__(self, config: IngestConfig) -> None:
        self._config = config
        self._stop = threading.Event()
        self.ready = threading.Event()
        self.failure: BaseException | None = None
        self._thread = threading.Thread(target=self._work)

    def _work(self) -> None:
        try:
            run(self._config, self._stop, self.ready.set)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.failure = error

    def __enter__(self) -> RunningIngest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)
        assert not self._thread.is_alive()
        if self.failure is not None:
            raise self.failure


def main() -> None:
    """Run ingest on ``folder`` against ``bootstrap`` until the process is killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("bootstrap")
    parser.add_argument("live", type=int)
    parser.add_argument("backfill", type=int)
    parser.add_argument("--remembers", action="store_true")
    args = parser.parse_args()
    source = counting_source(args.live, args.backfill)
    config = config_for(args.folder, args.bootstrap, source, forgets=not args.remembers)
    run(config, threading.Event(), lambda: None)


if __name__ == "__main__":
    main()
