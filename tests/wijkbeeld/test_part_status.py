"""What ``wijkbeeld status`` hears from parts."""

from __future__ import annotations

import socket

import pytest

from tests.support.ports import free_port
from wijkbeeld.health.endpoint import serving
from wijkbeeld.health.monitor import Monitor
from wijkbeeld.health.progress import WatchedProgress
from wijkbeeld.health.prometheus import PrometheusRecorder
from wijkbeeld.health.readiness import Limits
from wijkbeeld.part_status import with_readiness

pytestmark = pytest.mark.integration


def test_each_part_answers_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wijkbeeld.part_status.PATIENCE_SECONDS", 0.2)
    monitor = Monitor("loader", PrometheusRecorder(), WatchedProgress(), Limits())
    monitor.started()
    with socket.create_server(("127.0.0.1", 0)) as dumb, serving(monitor, "127.0.0.1", 0) as url:
        parts = with_readiness(
            {
                "broker": {"state": "running", "health": None},
                "loader": {"state": "running", "health": url},
                "stuck": {"state": "running", "health": f"http://127.0.0.1:{dumb.getsockname()[1]}"},
                "gone": {"state": "restarting", "health": f"http://127.0.0.1:{free_port()}"},
                "old": {"state": "running"},
            }
        )
    assert {name: part["ready"] for name, part in parts.items()} == {
        "broker": None,
        "loader": True,
        "stuck": False,
        "gone": False,
        "old": None,
    }
    assert parts["stuck"]["reasons"] == parts["gone"]["reasons"] == ["does not answer"]
    assert parts["loader"]["state"] == "running"
