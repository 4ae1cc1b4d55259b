"""Importing does no work: no file, socket, database, process or thread."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, modules

pytestmark = pytest.mark.slow

# Runs in a process of its own, since an audit hook cannot be taken away again. Prints the findings.
WATCH = r"""
import importlib, json, os, sys, threading

root, names = sys.argv[1], json.loads(sys.argv[2])
rooms = tuple(os.path.join(root, name.partition(".")[0]) + os.sep for name in names)
FORBIDDEN_TO_ALL = {"socket.connect", "socket.sendto", "sqlite3.connect"}
FORBIDDEN_TO_US = {
    "open", "os.listdir", "os.scandir", "os.mkdir", "os.remove", "os.rename", "os.putenv",
    "signal.signal", "socket.__new__", "socket.bind",
    "subprocess.Popen", "os.system", "os.fork", "os.posix_spawn",
}
# The first model that anybody defines makes pydantic look for its plugins.
PLUGINS = os.path.join("pydantic", "plugin", "_loader.py")
findings = []


def module_at_work():
    # The room's file that is running now, unless the import system runs in between: what a library
    # does when it is imported is the library's affair.
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib") or name.endswith(PLUGINS):
            return None
        if name.startswith(rooms):
            return os.path.relpath(name, root)
        frame = frame.f_back
    return None


def hook(event, args):
    if event in FORBIDDEN_TO_ALL:
        findings.append([event, module_at_work() or "a library"])
    elif event in FORBIDDEN_TO_US:
        if event == "open" and "zoneinfo" in str(args[0]):
            return  # the tables of a time zone, which Python reads when a zone is named
        where = module_at_work()
        if where:
            findings.append([event, where])


def start(thread, original=threading.Thread.start):
    where = module_at_work()
    if where:
        findings.append(["thread", where])
    original(thread)


threading.Thread.start = start  # Python 3.11 has no audit event for it
sys.path.insert(0, root)
sys.addaudithook(hook)
for name in names:
    importlib.import_module(name)
print(json.dumps(findings))
"""


def findings_of(root: str, names: list[str]) -> list[list[str]]:
    answer = subprocess.run(
        [sys.executable, "-B", "-c", WATCH, root, json.dumps(names)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert answer.returncode == 0, answer.stderr
    findings: list[list[str]] = json.loads(answer.stdout)
    return findings


def test_importing_every_module_does_no_work() -> None:
    names = [module.name for module in modules() if not module.name.endswith("__main__")]
    assert findings_of(str(ROOT), names) == []


def test_work_at_import_would_be_seen(tmp_path: Path) -> None:
    folder = tmp_path / "careless"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        "import pathlib, sqlite3, socket, subprocess, sys, threading\n"
        "TEXT = pathlib.Path(__file__).read_text()\n"
        "BASE = sqlite3.connect(':memory:')\n"
        "SERVER = socket.socket(); SERVER.bind(('127.0.0.1', 0))\n"
        "subprocess.run([sys.executable, '-c', ''])\n"
        "threading.Thread(target=print).start()\n"
    )
    seen = {event for event, _ in findings_of(str(tmp_path), ["careless"])}
    assert seen >= {
        "open",
        "sqlite3.connect",
        "socket.__new__",
        "socket.bind",
        "subprocess.Popen",
        "thread",
    }
