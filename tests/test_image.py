"""The image that every part runs in."""

from __future__ import annotations

import fnmatch
import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

from packaging.specifiers import SpecifierSet

from tests.support.compose_file import ROOT, services

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
INSTRUCTIONS = [
    line.split(maxsplit=1)
    for line in DOCKERFILE.replace("\\\n", " ").splitlines()
    if line and not line.startswith("#")
]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def _rest(keyword: str) -> list[str]:
    return [rest for word, rest in INSTRUCTIONS if word == keyword]


def _copied() -> list[str]:
    """Return what is copied out of the project, by path."""
    sources = []
    for rest in _rest("COPY"):
        words = [word for word in rest.split() if not word.startswith("--")]
        if "--from=" not in rest:
            sources += words[:-1]
    return sources


def test_the_base_is_pinned_and_a_python_that_we_support() -> None:
    for image in _rest("FROM"):
        match = re.match(r"python:(\d+\.\d+\.\d+)-slim-\w+( AS build)?$", image)
        assert match is not None
        assert match[1] in SpecifierSet(PROJECT["project"]["requires-python"])


def test_everything_is_installed_by_its_hash() -> None:
    installs = re.findall(r"pip install ([^&]*)", DOCKERFILE.replace("\\\n", " "))
    assert installs
    for install in installs:
        assert "--require-hashes" in install or "--no-index" in install


def test_it_runs_as_nobody_special() -> None:
    assert _rest("USER") == ["wijkbeeld"]
    keywords = [word for word, _ in INSTRUCTIONS]
    assert keywords.index("USER") > max(i for i, word in enumerate(keywords) if word == "RUN")


def test_its_health_check_is_that_of_the_parts() -> None:
    (check,) = _rest("HEALTHCHECK")
    (port,) = re.findall(r"WIJKBEELD_HEALTH_PORT=(\d+)", DOCKERFILE)
    service = services()["ingest"]
    assert json.loads(check.partition("CMD")[2]) == service["healthcheck"]["test"][1:]
    assert f":{port}/readyz" in service["healthcheck"]["test"][-1]
    assert str(service["environment"]["WIJKBEELD_HEALTH_PORT"]) == port


def test_every_package_is_in_it() -> None:
    packages = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packages <= set(_copied())


def test_what_it_copies_is_there_and_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = {line[1:] for line in lines if line.startswith("!")}
    for source in _copied():
        assert (ROOT / source).exists(), source
        assert any(fnmatch.fnmatch(source, pattern) for pattern in sent), source
    assert sent == set(_copied())
    assert "*" in lines


def test_the_wheel_carries_data_as_well_as_code(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    packages = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    needed = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in {".py", ".sql", ".csv", ".toml", ".html", ".css", ".js"}
    }
    assert {"gemeenten/nijmegen/wijken.csv", "domain/events.py"} <= needed
    assert needed - carried == set()
    assert any(name.endswith("licenses/LICENSE") for name in carried)
