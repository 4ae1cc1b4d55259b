"""The migrations for a cluster: the same files, rendered for shards and replicas.

A table that grows with the events is spread over the shards. It becomes two: ``NAME_local``, replicated
within its shard, and ``NAME``, which reads and writes all shards and is what our statements name. Its
sharding key is a function of what a FINAL compares, so all versions of a row share a shard, and a FINAL
on every shard is one on the whole. All other tables are small and are replicated to every node.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.errors import SettingsError

_BY_ID = "cityHash64(source, event_id)"

SHARDED: Mapping[str, str] = MappingProxyType(
    {
        "event_log": _BY_ID,
        "event_now": _BY_ID,
        "figure_log": _BY_ID,
        "figure_now": _BY_ID,
        "rejected": "cityHash64(source, receipt)",
        "cell": "cityHash64(theme, wijk)",
        "cell_day": "cityHash64(theme, wijk)",
    }
)
"""Sharding key of each table that is spread. A view feeds a table with the key of the one it reads."""

CLUSTER_INSERT: Mapping[str, str | int] = {
    # The answer comes when every shard has its rows on most of its replicas, one insert after the other:
    # only then does a sequentially consistent read see them on whichever replica it is sent to.
    "distributed_foreground_insert": 1,
    "insert_quorum": "auto",
    "insert_quorum_parallel": 0,
    # An INSERT ... SELECT counts over all shards; done shard by shard it would count parts.
    "parallel_distributed_insert_select": 0,
}
"""Settings of every insert on a cluster, beside those of ``exactness``."""

CLUSTER_READ: Mapping[str, str | int] = {
    "select_sequential_consistency": 1,
    "fallback_to_stale_replicas_for_distributed_queries": 0,
    "skip_unavailable_shards": 0,
    # What a condition is compared with is worked out once, over all shards, and sent along.
    "prefer_global_in_and_join": 1,
    "distributed_product_mode": "global",
}
"""Settings of every read on a cluster."""

CLUSTER_CHANGE: Mapping[str, str | int] = {
    "distributed_ddl_output_mode": "throw",
    # A deletion whose condition is a query: worked out once, then the same on every replica.
    "mutations_execute_subqueries_on_initiator": 1,
    "allow_nondeterministic_mutations": 1,
}
"""Settings of DDL and deletions on a cluster."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_TABLE = re.compile(
    r"CREATE TABLE (?P<guard>IF NOT EXISTS )?(?P<table>\w+)\s*(?P<columns>\(\n.*\n\))\s*"
    r"ENGINE = (?P<engine>\w*MergeTree)(?:\((?P<args>[^)]*)\))?(?P<rest>.*)",
    re.DOTALL,
)
_FEEDING_VIEW = re.compile(
    r"CREATE MATERIALIZED VIEW (?P<guard>IF NOT EXISTS )?(?P<view>\w+) TO (?P<target>\w+)\s+"
    r"AS\b(?P<query>.*)",
    re.DOTALL,
)
_VIEW = re.compile(
    r"CREATE (?P<replace>OR REPLACE )?VIEW (?P<guard>IF NOT EXISTS )?(?P<view>\w+)\b(?P<rest>.*)",
    re.DOTALL,
)
_ALTER = re.compile(r"ALTER TABLE (?P<table>\w+)\s+(?P<change>.*)", re.DOTALL)
_DROP = re.compile(
    r"DROP (?P<kind>TABLE|VIEW) (?P<guard>IF EXISTS )?(?P<name>\w+)(?P<rest>.*)", re.DOTALL
)
_OF_COLUMNS = re.compile(r"(ADD|DROP|RENAME|MODIFY|ALTER|COMMENT) COLUMN\b")
_READ = re.compile(r"\b(?P<word>FROM|JOIN) (?P<table>\w+)\b")


def on_cluster(statement: str, cluster: str) -> list[str]:
    """Return the statements that do on a cluster what ``statement`` of a migration does on one node.

    Args:
        statement: one statement in the form of our migrations.
        cluster: name of the cluster in ClickHouse's configuration; every node has the macros ``shard``
            and ``replica``.

    Raises:
        SettingsError: the name is none, or the statement has no form for a cluster.
    """
    if not _NAME.fullmatch(cluster):
        raise SettingsError(f"cluster '{cluster}': a name is letters, digits, hyphens and underscores")
    where = f"ON CLUSTER `{cluster}`"
    if match := _TABLE.fullmatch(statement):
        return _table(match, cluster, where)
    if match := _FEEDING_VIEW.fullmatch(statement):
        return [_feeding_view(match, where)]
    if match := _VIEW.fullmatch(statement):
        made = f"CREATE {match['replace'] or ''}VIEW {match['guard'] or ''}{match['view']}"
        return [f"{made} {where}{match['rest']}"]
    if match := _ALTER.fullmatch(statement):
        return _alteration(match, where)
    if match := _DROP.fullmatch(statement):
        names = [match["name"], _local(match["name"])] if match["name"] in SHARDED else [match["name"]]
        drop = f"DROP {match['kind']} {match['guard'] or ''}"
        return [f"{drop}{name} {where}{match['rest']}" for name in names]
    if statement.startswith("INSERT INTO "):
        return [statement]
    raise SettingsError(f"no form for a cluster of the statement: {statement.splitlines()[0]} ...")


def _table(match: re.Match[str], cluster: str, where: str) -> list[str]:
    table, guard, columns = match["table"], match["guard"] or "", match["columns"]
    rest = match["rest"].replace(
        "non_replicated_deduplication_window", "replicated_deduplication_window"
    )
    key = SHARDED.get(table)
    # Small tables are replicated across shards, so there the name of a replica takes both macros.
    path, replica = ("{shard}", "{replica}") if key else ("all", "{shard}-{replica}")
    args = [f"'/clickhouse/tables/{path}/{{database}}/{{table}}'", f"'{replica}'"]
    args += [match["args"]] if match["args"] else []
    engine = f"ENGINE = Replicated{match['engine']}({', '.join(args)})"
    name = _local(table) if key else table
    made = [f"CREATE TABLE {guard}{name} {where}\n{columns}\n{engine}{rest}"]
    if key:
        made.append(
            f"CREATE TABLE {guard}{table} {where} AS {name}\n"
            f"ENGINE = Distributed('{cluster}', currentDatabase(), '{name}', {key})"
        )
    return made


def _feeding_view(match: re.Match[str], where: str) -> str:
    """Return a view that feeds, on every shard, a local table from a local table."""
    query, target = match["query"], match["target"]
    sources = {read["table"] for read in _READ.finditer(query)}
    keys = {SHARDED.get(source) for source in sources}
    if target in SHARDED and keys != {SHARDED[target]}:
        raise SettingsError(f"view {match['view']}: feeds {target} with rows of another shard")
    query = _READ.sub(lambda read: f"{read['word']} {_as_local(read['table'])}", query)
    made = f"CREATE MATERIALIZED VIEW {match['guard'] or ''}{match['view']} {where}"
    return f"{made} TO {_as_local(target)} AS{query}"


def _alteration(match: re.Match[str], where: str) -> list[str]:
    table, change = match["table"], match["change"]
    if table not in SHARDED:
        change = _READ.sub(lambda read: f"{read['word']} {_as_local(read['table'])}", change)
        return [f"ALTER TABLE {table} {where} {change}"]
    altered = [f"ALTER TABLE {_local(table)} {where} {change}"]
    if _OF_COLUMNS.match(change):
        altered.append(f"ALTER TABLE {table} {where} {change}")
    return altered


def _as_local(table: str) -> str:
    return _local(table) if table in SHARDED else table


def _local(table: str) -> str:
    return f"{table}_local"
