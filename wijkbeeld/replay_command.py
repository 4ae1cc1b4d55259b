"""``wijkbeeld replay`` on the command line."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from domain.clock import to_local
from domain.errors import SettingsError
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import DEFAULT_DATA_DIR, Settings, read_settings

if TYPE_CHECKING:
    from warehouse.replay.jobs import Job, Jobs, Order
    from wijkbeeld.replay.replaying import Replaying

STOPPED_STATUS = 130
NOT_RUNNING_STATUS = 3
LOWER_PRIORITY = 5
"""Added to the niceness: on a machine that is busy, the parts that serve live events run first."""


DataDirOption = Annotated[
    Path, typer.Option("--data-dir", envvar="WIJKBEELD_DATA_DIR", help="Folder that keeps everything.")
]
FromOption = Annotated[
    str | None,
    typer.Option("--from", help="First time of receipt, Europe/Amsterdam unless with an offset."),
]
UntilOption = Annotated[str | None, typer.Option(help="First time of receipt that is left out.")]
SourceOption = Annotated[str | None, typer.Option(help="Only this source.")]
ArchiveOption = Annotated[
    bool, typer.Option("--archive", help="Read the Parquet archive (the default).")
]
TopicOption = Annotated[
    bool, typer.Option("--topic", help="Read what the topics of located events still hold.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All times of receipt.")]
ResumeOption = Annotated[
    bool, typer.Option("--resume", help="Go on with the replay that was stopped last.")
]
RateOption = Annotated[
    float | None,
    typer.Option(help="At most so many events per second. Live events go first anyway.", min=1),
]
DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Say how many events it would be; publish nothing.")
]
FolderOption = Annotated[Path | None, typer.Option(help="Folder of the archive (DATA_DIR/archive).")]
JsonOption = Annotated[bool, typer.Option("--json", help="The counts at the end, for machines.")]


def replay(
    since: FromOption = None,
    until: UntilOption = None,
    source: SourceOption = None,
    archive: ArchiveOption = False,
    topic: TopicOption = False,
    everything: AllOption = False,
    resume: ResumeOption = False,
    rate: RateOption = None,
    dry_run: DryRunOption = False,
    folder: FolderOption = None,
    data_dir: DataDirOption = DEFAULT_DATA_DIR,
    as_json: JsonOption = False,
) -> None:
    """Publish located events once more, beside the live ones.

    What the warehouse has is not counted again; what it lacks is restored.

    Ctrl-C stops; the same command, or --resume, goes on from there.
    """
    from wijkbeeld.status import NotRunningError

    if archive and topic:
        raise SettingsError("--archive or --topic: choose one")
    settings = read_settings().model_copy(update={"data_dir": data_dir.absolute()})
    asked = Asked(since, until, source, folder, topic=topic, everything=everything, resume=resume)
    try:
        if dry_run:
            status = _count(settings, asked, as_json=as_json)
        else:
            status = _replay(settings, asked, rate, as_json=as_json)
    except NotRunningError as error:
        sys.stderr.write(f"wijkbeeld: {error}\n")
        status = NOT_RUNNING_STATUS
    sys.exit(status)


def _log_to(data_dir: DataDir) -> None:
    from wijkbeeld.logs import configure_logging

    try:
        data_dir.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"data dir {data_dir.root}: cannot write ({error.strerror}); choose another with --data-dir"
        ) from error
    configure_logging("replay", data_dir.logs / "replay.log")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as written."""

    since: str | None
    until: str | None
    source: str | None
    folder: Path | None
    topic: bool
    everything: bool
    resume: bool


def _count(settings: Settings, asked: Asked, *, as_json: bool) -> int:
    replaying = _replaying(settings)
    job = _job(settings, asked, replaying.jobs)
    events = replaying.count(job.order)
    if as_json:
        sys.stdout.write(json.dumps({"order": asdict(job.order), "total": events}) + "\n")
    else:
        sys.stdout.write(f"would read {events:,} records of {describe(job.order)}; published nothing\n")
    return 0


def _replay(settings: Settings, asked: Asked, rate: float | None, *, as_json: bool) -> int:
    from warehouse.replay.pacing import Limits
    from wijkbeeld.running_system import require_system

    require_system(settings)
    os.nice(LOWER_PRIORITY)
    _log_to(DataDir(settings.data_dir))
    replaying = _replaying(settings)
    with replaying.jobs.lock(), replaying.view.progress as progress:
        job = _job(settings, asked, replaying.jobs)
        begun = f"goes on at {job.read:,}" if job.position is not None else "begins"
        progress.line(f"replay of {describe(job.order)} {begun}")
        done = replaying.run(job, Limits(rate=rate), _stop_on_signals())
    if as_json:
        sys.stdout.write(json.dumps(asdict(job)) + "\n")
    else:
        sys.stdout.write(_told(job, done=done))
    return 0 if done else STOPPED_STATUS


def _told(job: Job, *, done: bool) -> str:
    counts = f"{job.events:,} events published and loaded, of {job.read:,} records read"
    if done:
        return f"done: {counts}\n"
    return f"stopped: {counts} of {job.total:,}; go on with: wijkbeeld replay --resume\n"


def _replaying(settings: Settings) -> Replaying:
    from warehouse.replay.jobs import Jobs
    from wijkbeeld.replay.replaying import Replaying
    from wijkbeeld.replay.view import ReplayView

    data_dir = DataDir(settings.data_dir)
    view = ReplayView(Console(stderr=True, highlight=False))
    return Replaying(settings, data_dir.archive, Jobs(data_dir.replay), view)


def _job(settings: Settings, asked: Asked, jobs: Jobs) -> Job:
    """Return the job to work on: one that was stopped, or a new one."""
    from warehouse.replay.jobs import Job

    if asked.resume:
        job = jobs.latest_unfinished()
        if job is None:
            raise SettingsError("--resume: no replay was stopped here; give --from and --until")
        return job
    order = _order(settings, asked)
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return jobs.find(order) or Job(order, started)


def _order(settings: Settings, asked: Asked) -> Order:
    from warehouse.replay.jobs import Order
    from wijkbeeld.periods import parse_period
    from wijkbeeld.replay.replaying import ARCHIVE, TOPIC
    from wijkbeeld.running_system import find_system

    bounded = asked.since is not None and asked.until is not None
    if not bounded and not asked.everything:
        raise SettingsError("say which events: --from and --until, or --all")
    since, until = parse_period(asked.since, asked.until)
    return Order(
        origin=TOPIC if asked.topic else ARCHIVE,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        source=asked.source or "",
        incarnation=find_system(settings).incarnation if asked.topic else "",
        folder=str(asked.folder.absolute()) if asked.folder and not asked.topic else "",
    )


def describe(order: Order) -> str:
    """Return an order as a phrase, with times of Amsterdam."""
    source = order.source or "all sources"
    selection = order.selection
    since = f", from {to_local(selection.since).isoformat(' ', 'minutes')}" if selection.since else ""
    until = f", until {to_local(selection.until).isoformat(' ', 'minutes')}" if selection.until else ""
    return f"the {order.origin}: {source}{since}{until}"


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, on_signal)
    signal.signal(signal.SIGTERM, on_signal)
    return stop
