"""The migrations in their form for a cluster: what they become, and that the engine can read it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest

from domain.errors import SettingsError
from domain.topics import EVENTS, EVENTS_BACKFILL
from tests.support.clickhouse import WRITER
from tests.warehouse.reading import read_cells, unequal_cells
from tests.warehouse.story import Story, expected_cells, expected_counts
from warehouse.client import Client, connect
from warehouse.cluster import CLUSTER_CHANGE, CLUSTER_INSERT, CLUSTER_READ, SHARDED, on_cluster
from warehouse.counts import read_counts
from warehouse.loader.batching import Batch
from warehouse.loader.config import BatchLimits
from warehouse.loader.storing import Store, targets
from warehouse.migrate import migrate, shipped_migrations
from warehouse.recompute.housekeeping import delete_done
from warehouse.recompute.lease import Lease
from warehouse.recompute.stepping import Recompute

NAME = "nederland"
STATEMENTS = [statement for migration in shipped_migrations() for statement in migration.statements]
RENDERED = [made for migration in shipped_migrations() for made in migration.rendered(NAME)]
TABLES = {
    match[1]: statement
    for statement in STATEMENTS
    if (match := re.match(r"CREATE TABLE IF NOT EXISTS (\w+)", statement))
}


def made(name: str) -> str:
    (statement,) = [s for s in RENDERED if re.match(rf"CREATE \D* {name} ON CLUSTER", s)]
    return statement


def columns(text: str) -> set[str]:
    return set(re.findall(r"[a-z]\w*", text)) - {"cityHash64", "toStartOfHour"}


def test_one_node_gets_the_files_as_they_are() -> None:
    assert [s for migration in shipped_migrations() for s in migration.rendered("")] == STATEMENTS


def test_every_statement_goes_to_every_node_and_keeps_its_data_with_a_keeper() -> None:
    for statement in RENDERED:
        if statement.startswith("INSERT INTO "):  # its tables see to that
            continue
        assert f"ON CLUSTER `{NAME}`" in statement
        assert "non_replicated" not in statement
        if statement.startswith("CREATE TABLE") and "Distributed(" not in statement:
            assert "ENGINE = Replicated" in statement


@pytest.mark.parametrize("table", sorted(SHARDED))
def test_what_grows_is_spread_by_a_key_that_a_final_compares(table: str) -> None:
    local, spread = made(f"{table}_local"), made(table)
    assert f"Distributed('{NAME}', currentDatabase(), '{table}_local', {SHARDED[table]})" in spread
    assert "/{shard}/{database}/{table}', '{replica}'" in local
    (order,) = re.findall(r"ORDER BY \(([^)]*)\)", TABLES[table])
    assert columns(SHARDED[table]) <= columns(order)


def test_what_stays_small_is_on_every_node() -> None:
    small = sorted(TABLES.keys() - SHARDED.keys())
    assert small
    for table in small:
        assert "/all/{database}/{table}', '{shard}-{replica}'" in made(table)


def test_engines_keep_their_arguments() -> None:
    assert re.search(
        r"ReplicatedReplacingMergeTree\('\S+', '\S+', version, deleted\)", made("event_now_local")
    )
    assert re.search(r"ReplicatedReplacingMergeTree\('\S+', '\S+'\)", made("rejected_local"))
    assert "PARTITION BY toYYYYMM(bucket)" in made("event_log_local")
    assert "replicated_deduplication_window = 10000" in made("event_log_local")


def test_a_feeding_view_stays_within_its_shard() -> None:
    view = made("event_now_mv")
    assert f"VIEW IF NOT EXISTS event_now_mv ON CLUSTER `{NAME}` TO event_now_local AS" in view
    assert view.endswith("FROM event_log_local")


def test_the_newest_of_every_shard_is_on_every_node() -> None:
    view = made("event_newest_mv")
    assert "TO event_newest AS" in view
    assert "FROM event_log_local" in view


def test_other_views_read_all_shards() -> None:
    assert made("cell_now").endswith("FROM cell FINAL")


@pytest.mark.parametrize(
    ("statement", "becomes"),
    [
        (
            "ALTER TABLE cell ADD COLUMN x UInt8",
            [
                "ALTER TABLE cell_local ON CLUSTER `c1` ADD COLUMN x UInt8",
                "ALTER TABLE cell ON CLUSTER `c1` ADD COLUMN x UInt8",
            ],
        ),
        (
            "ALTER TABLE cell ADD INDEX i n TYPE minmax",
            ["ALTER TABLE cell_local ON CLUSTER `c1` ADD INDEX i n TYPE minmax"],
        ),
        (
            "ALTER TABLE event_now_mv MODIFY QUERY SELECT a FROM event_log",
            ["ALTER TABLE event_now_mv ON CLUSTER `c1` MODIFY QUERY SELECT a FROM event_log_local"],
        ),
        ("DROP VIEW IF EXISTS cell_now", ["DROP VIEW IF EXISTS cell_now ON CLUSTER `c1`"]),
        (
            "DROP TABLE cell",
            ["DROP TABLE cell ON CLUSTER `c1`", "DROP TABLE cell_local ON CLUSTER `c1`"],
        ),
        (
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            ["CREATE OR REPLACE VIEW v ON CLUSTER `c1` AS SELECT 1"],
        ),
        ("INSERT INTO theme SELECT 1", ["INSERT INTO theme SELECT 1"]),
    ],
)
def test_later_migrations_have_a_form_too(statement: str, becomes: list[str]) -> None:
    assert on_cluster(statement, "c1") == becomes


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("OPTIMIZE TABLE cell", "no form for a cluster"),
        (
            "CREATE MATERIALIZED VIEW v TO cell AS SELECT 1 FROM event_log",
            "rows of another shard",
        ),
        ("CREATE MATERIALIZED VIEW v TO cell AS SELECT 1 FROM dirty", "rows of another shard"),
    ],
)
def test_what_would_not_be_exact_is_refused(statement: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        on_cluster(statement, "c1")


@pytest.mark.parametrize("name", ["", "a b", "a`; DROP", "1", "é"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="cluster"):
        on_cluster("CREATE VIEW v AS SELECT 1", name)


@pytest.mark.integration
def test_the_engine_reads_every_statement(client: Client) -> None:
    for statement in RENDERED:
        tree = "\n".join(line for (line,) in client.query(f"EXPLAIN AST {statement}"))
        assert tree.startswith(("CreateQuery", "AlterQuery", "DropQuery", "InsertQuery")), statement


@pytest.mark.integration
def test_the_engine_knows_every_setting_of_a_cluster(client: Client) -> None:
    known = {name for (name,) in client.query("SELECT name FROM system.settings")}
    assert {*CLUSTER_INSERT, *CLUSTER_READ, *CLUSTER_CHANGE} <= known


@pytest.mark.integration
def test_loader_recompute_and_counts_are_exact_under_the_settings_of_a_cluster(database: str) -> None:
    client = connect(database, WRITER.name, WRITER.password, clustered=True)
    try:
        migrate(client)
        story = Story(5, 120)
        store = Store(client, targets(1), BatchLimits())
        lease = Lease(client)
        lease.take()
        recompute = Recompute(client, lease, max_marks=1000)
        for _ in range(2):  # the second time all of it comes again
            for lane in (EVENTS, EVENTS_BACKFILL):
                records = [record for record in story.records() if record.topic == lane]
                store.store(Batch(lane, records, {}), threading.Event())
            while recompute.step():
                pass
            assert read_cells(client) == expected_cells(story.rows)
            assert unequal_cells(client) == 0
        counts = read_counts(client)
        for source, (stored, superseded) in expected_counts(story.rows).items():
            assert (counts[source].stored, counts[source].superseded) == (stored, superseded)
        delete_done(client, timedelta(0))
        assert client.query("SELECT count() FROM dirty") == [(0,)]
    finally:
        client.close()
