"""The migrated schema: its columns, its settings, and what happens when it drifts."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import orjson
import pytest

from domain.clock import SystemClock
from domain.rows import EventRow, FigureRow, RejectRow
from domain.themes import THEMES
from tests.warehouse.story import Story, as_record
from warehouse.client import Client, DataRefused, StatementRefused
from warehouse.exactness import EXACT_INSERT, EXACT_SELECT_INSERT, READ_DEFAULTS
from warehouse.migrate import Migration, SchemaDrift, migrate, shipped_migrations
from warehouse.reference import area_rows, sync_reference
from wijkbeeld.gemeenten import load_municipality

pytestmark = pytest.mark.integration


def columns(client: Client, table: str) -> list[str]:
    found = client.query(
        "SELECT name FROM system.columns "
        "WHERE database = currentDatabase() AND table = {table:String} ORDER BY position",
        {"table": table},
    )
    return [str(name) for (name,) in found]


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("event_log", EventRow),
        ("event_now", EventRow),
        ("figure_log", FigureRow),
        ("figure_now", FigureRow),
        ("rejected", RejectRow),
    ],
)
def test_declared_columns_are_the_migrated_columns(client: Client, table: str, row: type) -> None:
    assert columns(client, table) == [*row.__annotations__, "ingested_at"]


def test_the_views_into_the_current_truth_pass_every_column_on(client: Client) -> None:
    for log, now in (("event_log", "event_now"), ("figure_log", "figure_now")):
        assert columns(client, log) == columns(client, now)
    for view, table in (
        ("event_current", "event_now"),
        ("figure_current", "figure_now"),
        ("cell_now", "cell"),
        ("cell_day_now", "cell_day"),
    ):
        assert columns(client, view) == [name for name in columns(client, table) if name != "deleted"]


def test_event_tables_have_a_dedup_window_and_no_ttl(client: Client) -> None:
    engines = dict(
        client.query("SELECT name, engine_full FROM system.tables WHERE database = currentDatabase()")
    )
    for table in ("event_log", "event_now", "figure_log", "figure_now", "rejected"):
        assert "non_replicated_deduplication_window = 10000" in engines[table]
        assert " TTL " not in engines[table]
        assert "PARTITION BY toYYYYMM(bucket)" in engines[table]


def test_days_that_came_before_the_newest_were_kept_are_in_them(client: Client) -> None:
    story = Story(3, 60)
    by_month: dict[str, list[bytes]] = {}
    for row in story.rows:
        by_month.setdefault(row["bucket"][:7], []).append(orjson.dumps(row))
    for month, lines in by_month.items():
        client.insert_rows("event_log", b"\n".join(lines), token=month)
    kept = "SELECT source, bucket, max(received_at), max(occurred_at) FROM event_newest GROUP BY 1, 2"
    wanted = client.query(f"{kept} ORDER BY 1, 2")
    assert len(wanted) > 1
    client.execute("TRUNCATE TABLE event_newest")
    (newest,) = [migration for migration in shipped_migrations() if migration.name == "newest"]
    for _ in range(2):  # a start that died in the middle of it does it again
        for statement in newest.statements:
            client.execute(statement)
        assert client.query(f"{kept} ORDER BY 1, 2") == wanted


def test_the_server_knows_every_setting_that_exactness_rests_on(client: Client) -> None:
    known = {name for (name,) in client.query("SELECT name FROM system.settings")}
    assert {*EXACT_INSERT, *READ_DEFAULTS, *EXACT_SELECT_INSERT} <= known


def test_versions_of_a_row_never_lie_in_two_partitions(client: Client) -> None:
    # EXACT_READ merges each partition by itself. That is exact where a partition is a function of
    # columns of the order key, or of `bucket`, which never changes for a row of that key.
    tables = client.query(
        "SELECT name, partition_key, splitByString(', ', sorting_key) FROM system.tables"
        " WHERE database = currentDatabase()"
        " AND engine IN ('ReplacingMergeTree', 'AggregatingMergeTree')"
    )
    assert {"cell", "cell_day", "event_now", "figure_now", "rejected"} <= {name for name, *_ in tables}
    for name, partition, order in tables:
        columns = set(re.findall(r"\w+(?!\w*\()", partition))
        assert columns <= {*order, "bucket"}, name


def test_migrating_again_changes_nothing(client: Client) -> None:
    assert migrate(client) == []
    recorded = client.query("SELECT number, name, checksum FROM migration ORDER BY number")
    assert recorded == [(m.number, m.name, m.checksum) for m in shipped_migrations()]


def test_a_changed_file_is_refused_in_one_line(client: Client) -> None:
    changed = [*shipped_migrations()]
    changed[1] = dataclasses.replace(changed[1], sql=changed[1].sql + "-- changed\n")
    with pytest.raises(SchemaDrift, match=r"^migration 0001_events: .*$") as caught:
        migrate(client, changed)
    assert "\n" not in str(caught.value)


def test_a_database_of_a_newer_program_is_refused(client: Client) -> None:
    with pytest.raises(SchemaDrift, match="use the newer program"):
        migrate(client, shipped_migrations()[:-1])


def test_a_migration_cut_short_is_finished_by_the_next_start(
    database: str, client_of: Callable[[str], Client]
) -> None:
    client = client_of(database)
    files = shipped_migrations()
    broken = Migration(3, "rejected", files[3].sql + "SELECT nonsense;\n")
    with pytest.raises(StatementRefused):
        migrate(client, [*files[:3], broken])
    assert client.query("SELECT max(number) FROM migration") == [(2,)]
    assert columns(client, "rejected")
    assert migrate(client) == [migration.number for migration in files[3:]]


def test_areas_and_themes_are_those_of_the_domain(client: Client) -> None:
    municipality = load_municipality("nijmegen")
    assert sync_reference(client, municipality, SystemClock()) == 44 + 9 + 1 + len(THEMES)
    assert sync_reference(client, municipality, SystemClock()) == 0
    assert client.query("SELECT level, count() FROM area FINAL GROUP BY level ORDER BY level") == [
        ("gemeente", 1),
        ("stadsdeel", 9),
        ("wijk", 44),
    ]
    ((name, district, team),) = client.query(
        "SELECT name, stadsdeel_name, team FROM area FINAL WHERE code = 'BU02680100'"
    )
    assert (name, district) == ("Benedenstad", "Nijmegen-Centrum")
    assert team == next(team.id for team in municipality.teams if "BU02680100" in team.wijken)


def test_an_area_that_is_gone_goes_and_one_that_changed_changes(client: Client) -> None:
    municipality = load_municipality("nijmegen")
    sync_reference(client, municipality, SystemClock())
    last, first = municipality.wijken[-1], municipality.wijken[0]
    teams = tuple(
        team.model_copy(update={"wijken": tuple(code for code in team.wijken if code != last.code)})
        for team in municipality.teams
    )
    renamed = first.model_copy(update={"name": "Anders"})
    changed = municipality.model_copy(
        update={"wijken": (renamed, *municipality.wijken[1:-1]), "teams": teams}
    )
    assert sync_reference(client, changed, SystemClock()) == 2
    stored = dict(client.query("SELECT code, name FROM area FINAL WHERE level = 'wijk'"))
    assert stored == {row["code"]: row["name"] for row in area_rows(changed) if row["level"] == "wijk"}
    assert sync_reference(client, municipality, SystemClock()) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [("severity", "high"), ("occurred_at", "soon"), ("boundary_year", {"a": 1})],
)
def test_clickhouse_refuses_a_row_whose_value_does_not_fit_and_says_so_without_it(
    client: Client, field: str, value: object
) -> None:
    row = dict(Story(1, 1).rows[0]) | {field: value}
    body = as_record(row).value  # type: ignore[arg-type] # broken on purpose
    with pytest.raises(DataRefused) as caught:
        client.insert_rows("event_log", body, "t")
    assert str(value) not in str(caught.value)
    assert caught.value.__context__ is None
    assert client.query("SELECT count() FROM event_log") == [(0,)]
