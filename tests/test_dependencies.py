"""``docs/dependencies.md`` has a line for each direct dependency, and for nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DECLARED = {
    "To run": PROJECT["project"]["dependencies"],
    "To develop": PROJECT["dependency-groups"]["dev"],
}
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def _section(title: str) -> str:
    return PAGE.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]


@pytest.mark.parametrize("title", DECLARED)
def test_every_dependency_has_its_line(title: str) -> None:
    names = [name for name, _, _ in ROW.findall(_section(title))]
    assert names == sorted(Requirement(line).name for line in DECLARED[title])


@pytest.mark.parametrize("title", DECLARED)
def test_every_line_says_what_for_and_why(title: str) -> None:
    lines = [line for line in _section(title).splitlines() if line.startswith("| `")]
    assert len(lines) == len(ROW.findall(_section(title)))


@pytest.mark.parametrize("title", DECLARED)
def test_every_dependency_is_locked_with_its_hash(title: str) -> None:
    lock = ROOT / "requirements" / ("runtime.lock" if title == "To run" else "dev.lock")
    text = lock.read_text(encoding="utf-8").lower()
    for line in DECLARED[title]:
        name = Requirement(line).name.lower()
        assert re.search(
            rf"^{re.escape(name)}(\[[^\]]*\])?==\S+.*\\\n +--hash=sha256:", text, re.MULTILINE
        ), name
