"""The project's own files, for the tests that read them as text or syntax."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("domain", "ingest", "streams", "warehouse", "alerts", "dashboards", "wijkbeeld")


@dataclass(frozen=True)
class Module:
    """A Python file of a room.

    Attributes:
        name: dotted name; that of the package for an ``__init__``.
        path: relative to the root of the project.
    """

    name: str
    path: Path

    @property
    def room(self) -> str:
        return self.name.partition(".")[0]

    @cached_property
    def text(self) -> str:
        return (ROOT / self.path).read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    def imports(self) -> Iterator[str]:
        """Yield the dotted name of every module that this file imports, wherever in the file."""
        return iter(self._imports)

    @cached_property
    def nodes(self) -> Sequence[ast.AST]:
        """Every node of the syntax tree."""
        return list(ast.walk(self.tree))

    @cached_property
    def _imports(self) -> Sequence[str]:
        return list(self._imported())

    def _imported(self) -> Iterator[str]:
        for node in self.nodes:
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield self._absolute(node)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        above = list(self.path.with_suffix("").parts[: -node.level])
        return ".".join([*above, *([node.module] if node.module else [])])


@cache
def modules() -> list[Module]:
    """Return every module of every room, by name."""
    found = []
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            relative = path.relative_to(ROOT)
            parts = relative.with_suffix("").parts
            found.append(Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), relative))
    return sorted(found, key=lambda module: module.name)


def committed_files() -> list[Path]:
    """Return the files under version control, relative; skip the test outside a checkout."""
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607 - the git of whoever runs the tests
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("needs git and a checkout to know which files are committed")
    names = listing.stdout.decode().split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]
