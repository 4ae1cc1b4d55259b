"""Settings of a part, from the environment (``WIJKBEELD_*``)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, ByteSize, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import SettingsError
from domain.topics import PARTITIONS
from ingest.observations.form import SOURCE as OBSERVATIONS

DEFAULT_DATA_DIR = Path(".wijkbeeld")
STANDING_INCARNATION = "standing"
"""Incarnation of a broker that keeps its topics: there is only one."""


def _no_trailing_slash(url: str) -> str:
    return url.rstrip("/")


class Settings(BaseSettings):
    """What a part needs to know. ``wijkbeeld up`` sets all of it for the parts that it starts.

    Attributes:
        data_dir: folder for everything that is kept on this machine.
        gemeente: municipality that ships with Wijkbeeld, or a folder of the same shape.
        sources: sources to read, as on the command line, one per line or separated by commas; empty for
            those of the municipality's sources.toml.
        speed: how many times faster than real time an archive plays; empty for as fast as it can.
        as_live: an archive plays as if it happened today.
        streets: file with a street and postcode table.
        areas: GeoJSON file with the polygons of the wijken.
        seed: seed of the demo city.
        broker: address of the Kafka broker, ``host:port``.
        broker_forgets: the broker keeps nothing when it stops (the embedded one).
        broker_bytes: memory of the embedded broker above which it is rolled; bytes, or as in 512MiB.
        workers: how many streams workers and loaders ``up`` runs.
        instance: number of this one among the workers of its part.
        known_sources: all sources that ever had topics here; `sources` when empty.
        geo_v: version of the area and street tables.
        log_file: takes the log as JSON lines; standard error when empty.
        incarnation: names the broker's present life; part of the consumer groups' names.
        clickhouse: URL of ClickHouse's HTTP interface.
        clickhouse_cluster: name of the cluster on which ClickHouse keeps our tables; empty for one node.
        clickhouse_user, clickhouse_password: user that may write; taken from the data dir when empty.
        page_host, page_port: where the live page listens.
        gateway_host, gateway_port: where the push gateway listens; port 0 lets ``up`` take a free one.
        gateway: URL at which the page and the commands reach it; the page has no form without one.
        gateway_key: key for team observations; taken from the data dir when empty.
        gateway_public_url: where partners reach it, before ``/v1``, for its documents.
        gateway_contact_name, gateway_contact_url, gateway_contact_email: who answers for it, for its
            documents.
        push_sources: sources that are handed in and not polled, separated by commas.
        grafana: URL of Grafana; grafana_token: service account token.
        health_host, health_port: where a part answers health checks; port 0 takes a free one.
        stale_seconds, fresh_seconds: bounds of readiness; stall_seconds, wait_seconds: bounds of the
            watchdog (docs/operations.md).
    """

    model_config = SettingsConfigDict(env_prefix="WIJKBEELD_", hide_input_in_errors=True, extra="ignore")

    data_dir: Path = DEFAULT_DATA_DIR
    gemeente: str = "nijmegen"
    sources: str = ""
    speed: Annotated[float, Field(gt=0)] | None = None
    as_live: bool = False
    streets: Path | None = None
    areas: Path | None = None
    seed: int = 1
    broker: str = ""
    broker_forgets: bool = False
    broker_bytes: ByteSize = ByteSize(512 * 1024 * 1024)
    workers: Annotated[int, Field(ge=1, le=PARTITIONS)] = 1
    instance: Annotated[int, Field(ge=1)] = 1
    incarnation: str = STANDING_INCARNATION
    known_sources: str = ""
    geo_v: Annotated[int, Field(ge=1, lt=2**32)] = 1
    log_file: Path | None = None
    clickhouse: Annotated[str, AfterValidator(_no_trailing_slash)] = ""
    clickhouse_cluster: str = ""
    clickhouse_user: str = ""
    clickhouse_password: str = Field(default="", repr=False)
    page_host: str = "127.0.0.1"
    page_port: Annotated[int, Field(ge=0, le=65535)] = 8321
    gateway_host: str = "127.0.0.1"
    gateway_port: Annotated[int, Field(ge=0, le=65535)] = 0
    gateway: Annotated[str, AfterValidator(_no_trailing_slash)] = ""
    gateway_key: str = Field(default="", repr=False)
    gateway_public_url: Annotated[str, AfterValidator(_no_trailing_slash)] = ""
    gateway_contact_name: str = ""
    gateway_contact_url: str = ""
    gateway_contact_email: str = ""
    push_sources: str = ""
    grafana: str = ""
    grafana_token: str = Field(default="", repr=False)
    health_host: str = "127.0.0.1"
    health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    stale_seconds: Annotated[float, Field(gt=0)] = 15.0
    fresh_seconds: Annotated[float, Field(gt=0)] = 60.0
    stall_seconds: Annotated[float, Field(gt=0)] = 120.0
    wait_seconds: Annotated[float, Field(gt=0)] = 600.0

    def source_texts(self) -> tuple[str, ...]:
        """Return the sources as they are written on the command line."""
        separator = "\n" if "\n" in self.sources else ","
        return tuple(text.strip() for text in self.sources.split(separator) if text.strip())

    def push_source_names(self) -> tuple[str, ...]:
        """Return the sources that are handed in: team observations, and those that are named."""
        named = (name.strip() for name in self.push_sources.split(","))
        return tuple(dict.fromkeys((OBSERVATIONS, *(name for name in named if name))))


def instance_name(part: str, number: int) -> str:
    """Return the name of one instance of a part; the first has the part's own."""
    return part if number == 1 else f"{part}-{number}"


def join_sources(texts: Iterable[str]) -> str:
    """Return sources as a setting; one per line, because a file name may hold a comma."""
    return "".join(f"{text}\n" for text in texts)


def read_settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: a variable has a value that cannot be used; the message names the variable.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "WIJKBEELD_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg']}") from None
