"""What a person can get wrong gives one clear line and a status that is not zero."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import free_port

pytestmark = pytest.mark.integration


def _run(*args: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "wijkbeeld", *args],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
        env={**os.environ, "COLUMNS": "200"},
    )


def _one_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("wijkbeeld:")]
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    return lines[0]


@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("sql", "SELECT 1")])
def test_with_nothing_running_it_says_so(command: tuple[str, ...], tmp_path: Path) -> None:
    done = _run(*command, "--data-dir", str(tmp_path))

    assert done.returncode == 3
    assert "nothing runs" in _one_line(done)


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = _run("up", "--data-dir", str(tmp_path), "--port", str(port))
        other = _run(
            *("up", "--data-dir", str(tmp_path), "--port", str(free_port())),
            *("--clickhouse-port", str(port)),
        )

    assert done.returncode != 0
    assert f"port {port}" in _one_line(done)
    assert "--port" in _one_line(done)
    assert other.returncode != 0
    assert "--clickhouse-port" in _one_line(other)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = _run("up", "--data-dir", str(tmp_path / "file" / "data"))

    assert done.returncode != 0
    assert "cannot write" in _one_line(done)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--source", "p2000=missing.csv"), "does not exist"),
        (("--source", "p2000"), "which file"),
        (("--source", "weather"), "no such source"),
        (("--source", "demo", "--source", "demo"), "twice"),
        (("--speed", "fast"), "--speed"),
        (("--streets", "missing.csv"), "missing.csv"),
        (("--areas", "missing.geojson"), "missing.geojson"),
    ],
)
def test_a_wrong_option(options: tuple[str, ...], says: str, tmp_path: Path) -> None:
    done = _run("up", *options, "--data-dir", str(tmp_path / "data"), "--port", str(free_port()))

    assert done.returncode != 0
    assert says in _one_line(done)


def test_a_file_of_an_unknown_layout(tmp_path: Path) -> None:
    (tmp_path / "strange.bin").write_bytes(b"\x00\x01 neither an archive nor lines of a receiver\n" * 50)
    done = _run(
        *("up", "--source", f"p2000={tmp_path / 'strange.bin'}"),
        *("--data-dir", str(tmp_path / "data"), "--port", str(free_port())),
    )

    assert done.returncode != 0
    assert "p2000" in _one_line(done)
