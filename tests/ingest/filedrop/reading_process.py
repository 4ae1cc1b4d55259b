"""A process that reads a watched folder into an outbox until it is empty; made to be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.ingest.filedrop.conftest import filedrop
from tests.ingest.samples import open_outbox
from tests.ingest.tabular.dropping import write_all


def main(folder: Path) -> None:
    source = filedrop(folder, rows_per_poll=5)
    outbox = open_outbox(folder, source)
    print("started", flush=True)  # noqa: T201 - what the test waits for
    write_all(outbox, source, limit=100_000)
    outbox.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
