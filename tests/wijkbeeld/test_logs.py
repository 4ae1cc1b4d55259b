from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from wijkbeeld.logs import configure_logging

SECRET = "Jan Jansen, Dorpsstraat 12, 06-12345678"


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hooks = sys.excepthook, threading.excepthook
    configure_logging("ingest", tmp_path / "ingest.log")
    yield tmp_path / "ingest.log"
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    structlog.reset_defaults()


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_line_is_json_with_part_time_and_fields(log_file: Path) -> None:
    structlog.get_logger("ingest.poller").info("feed_polled", findings=3)

    (line,) = _lines(log_file)
    assert line["event"] == "feed_polled"
    assert line["part"] == "ingest"
    assert line["findings"] == 3
    assert line["timestamp"].endswith("Z")


def test_a_vendor_message_keeps_its_template_and_loses_its_arguments(log_file: Path) -> None:
    logging.getLogger("some_vendor.client").warning("cannot parse %r", SECRET)

    (line,) = _lines(log_file)
    assert line["event"] == "cannot parse %r"
    assert SECRET not in log_file.read_text()


def test_an_exception_keeps_type_and_place_and_loses_its_text(log_file: Path) -> None:
    def fail(value: str) -> None:
        raise ValueError(value)

    try:
        fail(SECRET)
    except ValueError:
        structlog.get_logger("streams.worker").exception("chunk_failed")
        logging.getLogger("some_vendor").exception("agent raised")

    assert [line["error"] for line in _lines(log_file)] == ["ValueError", "ValueError"]
    assert all(":" in line["at"] for line in _lines(log_file))
    assert SECRET not in log_file.read_text()


def test_an_exception_that_nobody_caught_is_logged_without_its_text(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ValueError(SECRET)

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()

    (line,) = _lines(log_file)
    assert (line["event"], line["error"]) == ("uncaught", "ValueError")
    assert SECRET not in log_file.read_text() + capsys.readouterr().err


def test_chatter_of_vendors_is_left_out(log_file: Path) -> None:
    logging.getLogger("some_vendor").info("joined group")

    assert log_file.read_text() == ""
