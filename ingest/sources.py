"""From what a person writes (``demo``, ``p2000=FILE``) to a source that can be polled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from domain.areas import Municipality
from domain.errors import SettingsError
from domain.topics import Lane
from ingest.demo.connector import demo_history, demo_live
from ingest.keys import KeyedHash
from ingest.p2000.connector import p2000_feed
from ingest.p2000.opening import origin_of
from ingest.protocol import Feed, Source

STDIN = "-"


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A source as it is asked for: its kind, which is also its name, and the file it reads."""

    kind: str
    path: str | None = None

    def __str__(self) -> str:
        return self.kind + (f"={self.path}" if self.path else "")


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What sources are built from.

    Attributes:
        speed: how many times faster than real time an archive plays; None for as fast as it can.
        as_live: an archive plays as if it happened today.
        seed: seed of the demo city.
        first_start: when this data directory was first used, aware, UTC; the demo's history ends there.
    """

    municipality: Municipality
    keyed: KeyedHash
    speed: float | None
    as_live: bool
    seed: int
    first_start: datetime


def _demo(_spec: SourceSpec, context: SourceContext) -> Source:
    args = (context.seed, context.municipality, context.first_start)
    return Source("demo", (Feed(Lane.LIVE, demo_live(*args)), Feed(Lane.BACKFILL, demo_history(*args))))


def _p2000(spec: SourceSpec, context: SourceContext) -> Source:
    path = None if spec.path == STDIN else Path(spec.path or "")
    connector = p2000_feed(
        path,
        municipality=context.municipality,
        keyed=context.keyed,
        speed=context.speed,
        as_live=context.as_live,
    )
    recording = context.speed is not None or context.as_live
    origin = origin_of(path, context.keyed, recording=recording)
    return Source("p2000", (Feed(Lane.LIVE, connector, origin, once=path is None),))


@dataclass(frozen=True, slots=True)
class _Kind:
    build: Callable[[SourceSpec, SourceContext], Source]
    reads_file: bool


KINDS: Mapping[str, _Kind] = MappingProxyType(
    {"demo": _Kind(_demo, reads_file=False), "p2000": _Kind(_p2000, reads_file=True)}
)
"""Every kind of source there is."""


def parse_source(text: str) -> SourceSpec:
    """Return the spec in ``KIND`` or ``KIND=FILE``; the file ``-`` is standard input.

    Raises:
        SettingsError: no such kind, or the file is missing or superfluous.
    """
    name, _, path = text.partition("=")
    kind = KINDS.get(name)
    if kind is None:
        raise SettingsError(f"source '{name}': no such source; choose from {', '.join(KINDS)}")
    if kind.reads_file and not path:
        raise SettingsError(
            f"source '{name}': say which file to read: {name}=FILE (- for standard input)"
        )
    if path and not kind.reads_file:
        raise SettingsError(f"source '{name}': reads no file; write just {name}")
    if path not in ("", STDIN) and not Path(path).is_file():
        raise SettingsError(f"source '{name}': file {path} does not exist or is not a file")
    return SourceSpec(name, path or None)


def build_sources(specs: tuple[SourceSpec, ...], context: SourceContext) -> tuple[Source, ...]:
    """Return the sources of ``specs``, in that order.

    Raises:
        SettingsError: a source is asked for twice, or its file cannot be read as that source.
    """
    names = [spec.kind for spec in specs]
    if len(set(names)) != len(names):
        raise SettingsError("a source is asked for twice; give each --source once")
    return tuple(KINDS[spec.kind].build(spec, context) for spec in specs)
