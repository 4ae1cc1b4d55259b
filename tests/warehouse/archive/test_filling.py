"""Days of the log become files, and stay in step with it. The log is the real one, in ClickHouse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.clock import Clock
from domain.rows import EventRow
from tests.support.city_rows import insert
from tests.support.clickhouse import WRITER
from tests.support.waiting import wait_until
from tests.warehouse.archive.rows import archived, fingerprint, put, read
from tests.warehouse.story import Story
from warehouse.archive import ArchiveConfig, event_log, run
from warehouse.archive.event_log import EventLog
from warehouse.archive.filling import State, compare, fill_day, is_over
from warehouse.archive.fingerprint import Fingerprint
from warehouse.archive.folder import Folder
from warehouse.archive.parquet import ArchiveUnreadable
from warehouse.archive.rows import COLUMNS, Row
from warehouse.client import Client

DAYS = ("2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31")


def over_days(rows: Sequence[EventRow]) -> list[EventRow]:
    """Return rows as received at the first and the last millisecond of some days, and in between."""
    moments = ("00:00:00.000", "11:59:59.999", "23:59:59.999")
    spread = []
    for row in rows:
        place = row["receipt"] % 12
        received = f"{DAYS[place % 4]} {moments[place % 3]}"
        spread.append(EventRow(**(row | {"received_at": received})))
    return spread


def of_day(rows: Sequence[EventRow], day: str) -> list[Row]:
    return archived(row for row in rows if row["received_at"][:10] == day)


def states(folder: Folder, client: Client, *, thorough: bool = False) -> dict[str, State]:
    days = compare(folder, EventLog(client).fingerprints(), thorough=thorough)
    return {day.day: day.state for day in days}


@pytest.mark.integration
class TestAgainstTheLog:
    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(event_log, "RECEIPTS_PER_PAGE", 50)

    @pytest.fixture
    def rows(self, client: Client) -> list[EventRow]:
        rows = over_days(Story(7, 300).rows)
        insert(client, "event_log", rows)
        insert(client, "event_log", rows[:100])  # as after a replay
        return rows

    def test_the_log_is_read_by_day_in_order_and_without_repeats(
        self, client: Client, rows: list[EventRow]
    ) -> None:
        log = EventLog(client)
        for day in DAYS:
            assert list(log.rows(day)) == of_day(rows, day)
        assert list(log.rows("2026-04-01")) == []

    def test_the_fingerprints_of_the_log_are_those_of_its_rows(
        self, client: Client, rows: list[EventRow]
    ) -> None:
        expected = {day: fingerprint(of_day(rows, day)) for day in DAYS}
        assert EventLog(client).fingerprints() == expected

    def test_a_month_that_did_not_change_is_not_read_again(
        self, client: Client, rows: list[EventRow]
    ) -> None:
        asked: list[str] = []

        class Listening:
            def query(self, statement: str, *parameters: object) -> list[tuple[object, ...]]:
                asked.append(statement)
                return client.query(statement, *parameters)  # type: ignore[arg-type] # as it came

        log = EventLog(Listening())  # type: ignore[arg-type] # it needs no more of a client
        first = log.fingerprints()
        months = len(asked) - 1
        assert months > 1
        assert log.fingerprints() == first
        assert len(asked) == months + 2

        late = EventRow(**(rows[0] | {"event_id": "late", "receipt": 5_000}))
        insert(client, "event_log", [late])
        changed = log.fingerprints()
        assert len(asked) == months + 4
        assert {day for day in changed if changed[day] != first[day]} == {late["received_at"][:10]}

    def test_a_filled_day_is_complete(
        self, client: Client, rows: list[EventRow], tmp_path: Path
    ) -> None:
        folder = Folder(tmp_path)
        assert states(folder, client) == dict.fromkeys(DAYS, State.MISSING)
        for day in DAYS:
            fill_day(folder, EventLog(client), day)
            assert read(folder.path(day)) == of_day(rows, day)
        assert states(folder, client, thorough=True) == dict.fromkeys(DAYS, State.COMPLETE)

    def test_what_comes_later_is_found_and_added(
        self, client: Client, rows: list[EventRow], tmp_path: Path
    ) -> None:
        folder, log = Folder(tmp_path), EventLog(client)
        for day in DAYS:
            fill_day(folder, log, day)
        late = EventRow(**(rows[0] | {"event_id": "late", "receipt": 5_000}))
        insert(client, "event_log", [late])

        day = late["received_at"][:10]
        assert states(folder, client) == dict.fromkeys(DAYS, State.COMPLETE) | {day: State.BEHIND}
        fill_day(folder, log, day)
        assert read(folder.path(day)) == of_day([*rows, late], day)
        assert states(folder, client) == dict.fromkeys(DAYS, State.COMPLETE)

    def test_what_leaves_the_log_stays_in_the_archive(
        self, client: Client, rows: list[EventRow], tmp_path: Path
    ) -> None:
        folder, log = Folder(tmp_path), EventLog(client)
        for day in DAYS:
            fill_day(folder, log, day)
        client.execute("TRUNCATE TABLE event_log")
        assert states(folder, client) == dict.fromkeys(DAYS, State.COMPLETE)

        half = [row for row in rows if row["receipt"] % 5 < 3]
        insert(client, "event_log", half)
        assert set(states(folder, client).values()) == {State.BEHIND}
        for day in DAYS:
            fill_day(folder, log, day)
            assert read(folder.path(day)) == of_day(rows, day)
        assert states(folder, client) == dict.fromkeys(DAYS, State.COMPLETE)

        fill_day(folder, log, DAYS[0], anew=True)
        assert read(folder.path(DAYS[0])) == of_day(half, DAYS[0])

    def test_a_damaged_day_is_found_and_only_replaced_when_told_to(
        self, client: Client, rows: list[EventRow], tmp_path: Path
    ) -> None:
        folder, log = Folder(tmp_path), EventLog(client)
        for day in DAYS:
            fill_day(folder, log, day)
        data = bytearray(folder.path(DAYS[1]).read_bytes())
        data[len(data) // 3] ^= 0xFF
        folder.path(DAYS[1]).write_bytes(bytes(data))

        assert states(folder, client, thorough=True)[DAYS[1]] is State.DAMAGED
        with pytest.raises(ArchiveUnreadable):
            fill_day(folder, log, DAYS[1])
        fill_day(folder, log, DAYS[1], anew=True)
        assert states(folder, client, thorough=True) == dict.fromkeys(DAYS, State.COMPLETE)


class FixedClock(Clock):
    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment


@pytest.mark.integration
def test_the_archiver_writes_days_that_are_over_and_those_that_change(
    database: str, client: Client, tmp_path: Path
) -> None:
    rows = over_days(Story(8, 100).rows)
    insert(client, "event_log", rows)
    clock = FixedClock(datetime(2026, 3, 30, 12, tzinfo=UTC))
    folder, stop, ready = Folder(tmp_path / "archive"), threading.Event(), threading.Event()
    config = ArchiveConfig(
        database, WRITER.name, WRITER.password, folder.root, interval=timedelta(milliseconds=20)
    )
    thread = threading.Thread(target=run, args=(config, stop, ready.set, clock))
    thread.start()
    try:
        wait_until(lambda: folder.days() == list(DAYS[:2]), 60, "the days that are over")
        assert ready.is_set()
        late = EventRow(
            **(
                rows[0]
                | {"event_id": "late", "receipt": 9_000, "received_at": f"{DAYS[0]} 12:00:00.000"}
            )
        )
        insert(client, "event_log", [late])
        wait_until(
            lambda: "late" in [row[COLUMNS.index("event_id")] for row in read(folder.path(DAYS[0]))],
            60,
            "the late row",
        )
        clock.moment = datetime(2026, 4, 2, tzinfo=UTC)
        wait_until(lambda: folder.days() == list(DAYS), 60, "all days")
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def test_a_day_is_over_when_it_has_settled() -> None:
    hour = timedelta(hours=1)
    assert not is_over("2026-03-29", datetime(2026, 3, 29, 23, 59, tzinfo=UTC), hour)
    assert not is_over("2026-03-29", datetime(2026, 3, 30, 0, 59, tzinfo=UTC), hour)
    assert is_over("2026-03-29", datetime(2026, 3, 30, 1, tzinfo=UTC), hour)


def test_a_file_under_another_day_is_damage(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    rows = archived(Story(1, 5).rows)
    put(folder, DAYS[0], rows)
    folder.path(DAYS[0]).parent.rename(tmp_path / f"day={DAYS[1]}")
    (day,) = compare(folder, {DAYS[1]: fingerprint(rows)})
    assert day.state is State.DAMAGED


def test_a_swapped_row_changes_the_fingerprint_though_the_numbers_stay() -> None:
    first, second = Fingerprint(), Fingerprint()
    for receipt, version in ((1, 7), (2, 8)):
        first.add("demo", receipt, version)
    for receipt, version in ((1, 8), (2, 7)):
        second.add("demo", receipt, version)
    assert first.rows == second.rows
    assert first != second
