"""Where an audit looks, and what its exit status tells, without a system."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.errors import SettingsError, Terminal, WarehouseUnavailable
from warehouse.audit import Report, Verdict
from wijkbeeld.audit import run
from wijkbeeld.audit.kafka_ledger import KafkaLedger
from wijkbeeld.audit.outbox_ledger import OutboxLedger
from wijkbeeld.audit.place import Place, find_place
from wijkbeeld.audit.run import STATUS, Options, run_audit
from wijkbeeld.datadir import DataDir, write_json
from wijkbeeld.settings import Settings
from wijkbeeld.status import NotRunningError

AWAY = "http://127.0.0.1:1"


def prepared(root: Path, urls: dict[str, str]) -> DataDir:
    data_dir = DataDir(root)
    data_dir.prepare()
    write_json(data_dir.run, {"urls": urls, "parts": {}})
    return data_dir


def test_nothing_runs_and_no_clickhouse_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(NotRunningError):
        find_place(Settings(), tmp_path)
    assert run_audit(Settings(), Options(tmp_path, 0.0, None, as_json=True)) == 3
    assert json.loads(capsys.readouterr().out) == {"running": False}


def test_beside_up_with_its_own_broker_the_outbox_keeps_everything(tmp_path: Path) -> None:
    data_dir = prepared(tmp_path, {"page": "http://x", "clickhouse": AWAY})
    with data_dir.lock():
        place = find_place(Settings(), tmp_path)
    assert (place.login.url, place.login.user) == (AWAY, "wijkbeeld")
    assert isinstance(place.ledger, OutboxLedger)


def test_beside_up_with_a_given_broker_kafka_is_asked(tmp_path: Path) -> None:
    data_dir = prepared(tmp_path, {"clickhouse": AWAY, "broker": "kafka:9092"})
    with data_dir.lock():
        assert isinstance(find_place(Settings(), tmp_path).ledger, KafkaLedger)


def test_while_up_starts_it_says_so(tmp_path: Path) -> None:
    data_dir = prepared(tmp_path, {})
    with data_dir.lock(), pytest.raises(WarehouseUnavailable, match="still starting"):
        find_place(Settings(), tmp_path)


def test_without_up_the_settings_tell_and_the_outbox_must_be_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(clickhouse=AWAY, clickhouse_user="w", clickhouse_password="p", broker="k:9092")
    with pytest.raises(SettingsError, match="run the audit where ingest keeps its outbox"):
        find_place(settings, tmp_path)
    assert run_audit(settings, Options(tmp_path, 0.0, None, as_json=False)) == 2
    assert "outbox" in capsys.readouterr().err
    (tmp_path / "outbox.sqlite").touch()
    place = find_place(settings, tmp_path)
    assert (place.login.url, place.login.user) == (AWAY, "w")
    assert isinstance(place.ledger, KafkaLedger)
    assert isinstance(
        find_place(settings.model_copy(update={"broker_forgets": True}), tmp_path).ledger, OutboxLedger
    )


@pytest.mark.integration  # tries to connect
def test_a_warehouse_that_does_not_answer_settles_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "outbox.sqlite").touch()
    settings = Settings(clickhouse=AWAY, clickhouse_user="w", clickhouse_password="p", broker="k:9092")
    assert run_audit(settings, Options(tmp_path, 0.0, None, as_json=False)) == 4
    assert capsys.readouterr().err == "wijkbeeld: ClickHouse does not answer\n"


def test_every_verdict_has_a_status_of_its_own() -> None:
    assert set(STATUS) == set(Verdict)
    assert len({*STATUS.values(), run.REFUSED_STATUS, run.NOT_RUNNING_STATUS}) == len(Verdict) + 2
    assert STATUS[Verdict.CLEAN] == 0


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Report | WarehouseUnavailable | Terminal]:
    """What one audit after the other comes to; Ctrl-C is pressed during the last."""
    given: list[Report | WarehouseUnavailable | Terminal] = []
    left: Iterator[Report | WarehouseUnavailable | Terminal] = iter(given)

    def audit_once(_place: Place, _wait: float, _clock: object) -> Report:
        outcome = next(left)
        if outcome is given[-1]:
            signal.raise_signal(signal.SIGINT)
        if isinstance(outcome, Report):
            return outcome
        raise outcome

    monkeypatch.setattr(run, "audit_once", audit_once)
    return given


def test_every_so_often_it_goes_on_through_silence_until_it_is_stopped(
    tmp_path: Path,
    answers: list[Report | WarehouseUnavailable | Terminal],
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = datetime(2026, 4, 1, tzinfo=UTC)
    answers += [Report(now, empty=True), WarehouseUnavailable("away"), Report(now)]
    before = signal.getsignal(signal.SIGINT)
    data_dir = prepared(tmp_path, {"clickhouse": AWAY})
    with data_dir.lock():
        assert run_audit(Settings(), Options(tmp_path, 0.0, 0.001, as_json=True)) == 0
    out, err = capsys.readouterr()
    assert [json.loads(line)["verdict"] for line in out.splitlines()] == ["empty", "clean"]
    assert err == "wijkbeeld: away\n"
    assert signal.getsignal(signal.SIGINT) is before


def test_what_refuses_ends_it(
    tmp_path: Path, answers: list[Report | WarehouseUnavailable | Terminal]
) -> None:
    answers += [Terminal("no such table"), Report(datetime(2026, 4, 1, tzinfo=UTC))]
    data_dir = prepared(tmp_path, {"clickhouse": AWAY})
    with data_dir.lock():
        assert run_audit(Settings(), Options(tmp_path, 0.0, 0.001, as_json=True)) == 2
