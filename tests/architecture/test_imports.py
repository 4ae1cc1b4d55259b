"""Imports point one way, in no circle, and the domain does no input or output."""

from __future__ import annotations

import ast
import graphlib
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter import cli

from tests.architecture.sources import ROOMS, ROOT, Module, modules

DOMAIN_LIBRARIES = {
    "orjson", "phonenumbers", "pydantic", "pydantic_core", "stdnum", "typing_extensions",
}  # fmt: skip
INPUT_AND_OUTPUT = {
    "asyncio", "concurrent", "ctypes", "fcntl", "ftplib", "glob", "http", "importlib", "logging",
    "mmap", "multiprocessing", "os", "pathlib", "select", "selectors", "shutil", "signal", "smtplib",
    "socket", "socketserver", "sqlite3", "ssl", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip


def test_rooms_import_in_one_direction(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(sys, "path", [*sys.path])
    status = cli.lint_imports(str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == cli.EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_the_contract_speaks_of_every_room_there_is() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
        "importlinter"
    ]
    there = {room for room in ROOMS if (ROOT / room / "__init__.py").is_file()}
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert set(settings["root_packages"]) == there == packages
    (layers,) = [c["layers"] for c in settings["contracts"] if c["type"] == "layers"]
    named = {word.strip("() ") for layer in layers for word in layer.split("|")}
    assert named == set(ROOMS)


def test_no_module_imports_itself_in_a_circle() -> None:
    names = {module.name for module in modules()}
    graph = {module.name: _targets(module, names) for module in modules()}
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError, which names the circle


def _targets(module: Module, names: set[str]) -> set[str]:
    found = set()
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names} & names
            found |= inner or ({node.module} & names)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names} & names
    return found - {module.name}


def test_rooms_are_imported_by_their_full_name() -> None:
    relative = [
        str(module.path)
        for module in modules()
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


@pytest.mark.parametrize("module", [m for m in modules() if m.room == "domain"], ids=lambda m: m.name)
def test_the_domain_does_no_input_or_output(module: Module) -> None:
    top = {name.partition(".")[0] for name in module.imports()}
    assert top & INPUT_AND_OUTPUT == set()
    assert top - sys.stdlib_module_names - {"domain"} <= DOMAIN_LIBRARIES
    calls = {
        node.func.id
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & {"open", "print", "input", "exec", "eval"} == set()


def test_a_municipality_is_data_without_code() -> None:
    code = [path for path in (ROOT / "gemeenten").rglob("*.py") if path != Path("__init__.py")]
    assert code == []
