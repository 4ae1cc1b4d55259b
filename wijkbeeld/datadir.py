"""The folder in which one machine's Wijkbeeld keeps everything."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from domain.errors import ResourceTaken, SettingsError

LOCK_PATIENCE_SECONDS = 0.5
"""Somebody who asks whether the folder is taken holds it for a moment."""


@dataclass(frozen=True, slots=True)
class DataDir:
    """Paths below the data directory; see ``docs/architecture.md`` for what each holds."""

    root: Path

    @property
    def outbox(self) -> Path:
        """The outbox of ingest."""
        return self.root / "outbox.sqlite"

    @property
    def gateway(self) -> Path:
        """Clients of the push gateway, and the signatures that were used."""
        return self.root / "gateway.sqlite"

    @property
    def observer_key(self) -> Path:
        """Key with which the page and the commands of this machine hand in team observations."""
        return self.root / "keys" / "observer.key"

    @property
    def hash_key(self) -> Path:
        """Key of the keyed hashes."""
        return self.root / "keys" / "identity.key"

    @property
    def credentials(self) -> Path:
        """Passwords of the local warehouse."""
        return self.root / "keys" / "warehouse.json"

    @property
    def clickhouse(self) -> Path:
        """The engine's data."""
        return self.root / "clickhouse"

    @property
    def archive(self) -> Path:
        """The located events as Parquet files."""
        return self.root / "archive"

    @property
    def replay(self) -> Path:
        """How far replays are."""
        return self.root / "replay"

    @property
    def tables(self) -> Path:
        """Copies of the area and street tables."""
        return self.root / "tables"

    @property
    def areas(self) -> Path:
        """The polygons of the wijken, one file per boundary year."""
        return self.root / "areas"

    @property
    def geocoded(self) -> Path:
        """What the geocoder answered."""
        return self.root / "geocoder.sqlite"

    @property
    def reenrichment(self) -> Path:
        """How far the last re-enrichment came."""
        return self.root / "reenrich.json"

    @property
    def access(self) -> Path:
        """Address, user and password for reading."""
        return self.root / "access.json"

    @property
    def run(self) -> Path:
        """What runs now."""
        return self.root / "run.json"

    @property
    def state(self) -> Path:
        """What must stay the same between starts."""
        return self.root / "state.json"

    @property
    def logs(self) -> Path:
        """Folder of the logs."""
        return self.root / "logs"

    @property
    def trail(self) -> Path:
        """Who looked at, replayed or discarded what."""
        return self.root / "trail.jsonl"

    @property
    def truth(self) -> Path:
        """What the demo city injected on purpose."""
        return self.root / "truth" / "escalations.json"

    def prepare(self) -> None:
        """Create the folder and check that it can be written.

        Raises:
            SettingsError: it cannot be created or written.
        """
        try:
            for folder in (self.root, self.logs, self.hash_key.parent, self.truth.parent):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except OSError as error:
            reason = error.strerror or "not possible"
            raise SettingsError(
                f"data dir {self.root}: cannot write ({reason}); choose another with --data-dir"
            ) from error

    def lock(self) -> IO[str]:
        """Take the folder for this process until the returned file is closed or the process ends.

        Raises:
            ResourceTaken: a running Wijkbeeld has it.
        """
        handle = (self.root / "lock").open("a")
        deadline = time.monotonic() + LOCK_PATIENCE_SECONDS
        while not _locked(handle):
            if time.monotonic() > deadline:
                handle.close()
                raise ResourceTaken(
                    f"data dir {self.root}: Wijkbeeld runs here already; stop it or use another one"
                )
            time.sleep(0.05)
        return handle

    def is_running(self) -> bool:
        """Tell whether a Wijkbeeld holds this folder."""
        try:
            handle = (self.root / "lock").open("r")
        except OSError:
            return False
        with handle:
            try:
                # Shared, so that two who ask at once do not take each other for the one who runs.
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return True
        return False


def _locked(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def write_json(path: Path, value: Mapping[str, object], mode: int = 0o600) -> None:
    """Replace ``path`` by ``value`` as JSON in one step, readable for this user only by default."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2)
    Path(name).chmod(mode)
    Path(name).replace(path)


def read_json(path: Path) -> dict[str, object]:
    """Return the JSON object in ``path``; empty when the file is not there.

    Raises:
        SettingsError: the file holds something else.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise SettingsError(f"{path}: not JSON; remove it to start afresh") from error
    if not isinstance(value, dict):
        raise SettingsError(f"{path}: not a JSON object; remove it to start afresh")
    return value
