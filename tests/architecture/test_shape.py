"""Small rooms: files and functions that read without scrolling."""

from __future__ import annotations

import ast
import re

from tests.architecture.sources import ROOT, committed_files, modules

MAX_FILE_LINES = 320
MAX_FUNCTION_LINES = 50
# Put together here, so that this file does not hold what it looks for.
UNFINISHED = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" * 3]) + r")\b")
SUPPRESSION = re.compile(r"#\s*(type:\s*ignore|noqa)")
REASONED = re.compile(r"#\s*(type:\s*ignore\[[a-z, -]+\]|noqa:\s*[A-Z]+[0-9]+(,\s*[A-Z]+[0-9]+)*)\W+\w+")


def test_no_file_is_long() -> None:
    lengths = {str(module.path): module.text.count("\n") for module in modules()}
    assert {path: lines for path, lines in lengths.items() if lines > MAX_FILE_LINES} == {}


def test_no_function_is_long() -> None:
    long = {}
    for module in modules():
        for node in module.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > MAX_FUNCTION_LINES:
                    long[f"{module.path}:{node.lineno} {node.name}"] = lines
    assert long == {}


def test_nothing_is_left_unfinished() -> None:
    found = [
        f"{path}:{number}"
        for path, number, line in _committed_lines(
            ".py", ".sql", ".md", ".yml", ".yaml", ".toml", ".js", ".css"
        )
        if UNFINISHED.search(line)
    ]
    assert found == []


def test_a_check_is_switched_off_with_its_code_and_a_reason() -> None:
    found = [
        f"{path}:{number}"
        for path, number, line in _committed_lines(".py")
        if SUPPRESSION.search(line)
        and not REASONED.search(line)
        and path != "tests/architecture/test_shape.py"
    ]
    assert found == []


def test_no_committed_text_names_a_folder_of_somebodys_machine() -> None:
    folders = "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me", "Us" + "ers"])
    personal = re.compile(rf"(?<![\w.}})-])/({folders})/")
    found = [f"{path}:{number}" for path, number, line in _committed_lines() if personal.search(line)]
    assert found == []


def _committed_lines(*suffixes: str) -> list[tuple[str, int, str]]:
    """Return path, number and text of the lines of committed text files of these kinds, or of all."""
    lines = []
    for path in committed_files():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        lines += [(str(path), number, line) for number, line in enumerate(text.splitlines(), 1)]
    return lines
